"""Where files wait for us: a folder on this machine, an SFTP server, an S3-compatible store."""
