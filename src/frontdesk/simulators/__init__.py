"""The other side: the providers' own APIs in a box, over real HTTP, with real signatures and real faults.

Nothing here is reachable unless the simulators are asked for, and no channel knows that it talks to one.
"""
