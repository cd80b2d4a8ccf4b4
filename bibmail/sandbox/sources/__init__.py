"""Make-believe sources on this machine: Wise, cloudLibrary, UiTdatabank, an object store and an SFTP server.

They answer as documented from a world that is plain data, look at signatures for real, and behave badly by switch.
"""
