"""What moves people along their journeys: set-based, in the library's own time, and nothing else moves them.

news      what happened since the last look: activities, and people about whom something changed
triggers  who meets a journey's start
entries   who of them enters, and where the others fall off the bridge
exits     who reached the goal, objected, or may not be mailed any more
steps     what a due entry does next
tick      all of it, in order
"""
