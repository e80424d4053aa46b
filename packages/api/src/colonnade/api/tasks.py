"""The contract rows of the tasks context."""

from colonnade.api.contract import Contract
from colonnade.application.collaboration import ListActivity
from colonnade.application.tasks import (
    AssignTask,
    CompleteTask,
    CountTasks,
    CreateTask,
    DeleteTask,
    EditTask,
    GetTask,
    GetTaskByKey,
    ImportTasks,
    LabelTask,
    ListTasks,
    MoveTask,
    RankTask,
    ReopenTask,
    RestoreTask,
    ShowDescription,
)

tasks = Contract("tasks", prefix="/workspaces/{workspace_id}")
tasks.post("/projects/{project_id}/tasks", CreateTask, status=201, location="/workspaces/{workspace_id}/tasks/{id}")
tasks.post("/projects/{project_id}/tasks/import", ImportTasks)
tasks.get("/tasks", ListTasks)
tasks.get("/tasks/count", CountTasks)
tasks.get("/tasks/by-key/{key}", GetTaskByKey, etag=True)
tasks.get("/tasks/{task_id}", GetTask, etag=True)
tasks.get("/tasks/{task_id}/description", ShowDescription, etag=True)
tasks.patch("/tasks/{task_id}", EditTask)
tasks.delete("/tasks/{task_id}", DeleteTask)
tasks.post("/tasks/{task_id}/restore", RestoreTask)
tasks.post("/tasks/{task_id}/move", MoveTask)
tasks.post("/tasks/{task_id}/complete", CompleteTask)
tasks.post("/tasks/{task_id}/reopen", ReopenTask)
tasks.post("/tasks/{task_id}/assign", AssignTask)
tasks.post("/tasks/{task_id}/label", LabelTask)
tasks.post("/tasks/{task_id}/rank", RankTask)
tasks.get("/tasks/{task_id}/activity", ListActivity)
