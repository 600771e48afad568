"""Label Studio: tasks as documents, documents as tasks, and the traffic with a server.

`labelling` makes the labelling configuration of a schema; `convert` turns documents into tasks and back and `tasks`
tells who annotated what in a task; `connection`, `push`, `pull`, `review` and `select` speak with a server.
"""
