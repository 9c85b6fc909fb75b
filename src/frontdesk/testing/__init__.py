"""What a plug-in author and our own tests share: conformance kits and fakes for the ports.

Never imported by the running desk.
"""
