"""The contract rows by which operators look after a service; any service can include them."""

from colonnade.api.contract import Contract
from colonnade.application.operations import (
    CancelJob,
    CancelProcess,
    DropDeadLetter,
    DropParkedMessage,
    GetDeadLetter,
    GetJob,
    GetProcess,
    LimitQueue,
    ListActs,
    ListDeadLetters,
    ListJobs,
    ListParkedMessages,
    ListProcesses,
    ListQueues,
    ListSchedules,
    ListSubscriptions,
    ListWorkers,
    PauseQueue,
    RebuildProjection,
    ReplayDeadLetter,
    ResumeQueue,
    RetryJob,
    RetryProcess,
)

OPERATIONS = Contract("operations", prefix="/operations")
OPERATIONS.get("/jobs", ListJobs)
OPERATIONS.get("/jobs/{job_id}", GetJob)
OPERATIONS.post("/jobs/{job_id}/retry", RetryJob, status=204)
OPERATIONS.post("/jobs/{job_id}/cancel", CancelJob, status=204)
OPERATIONS.get("/queues", ListQueues)
OPERATIONS.post("/queues/{queue}/pause", PauseQueue, status=204)
OPERATIONS.post("/queues/{queue}/resume", ResumeQueue, status=204)
OPERATIONS.put("/queues/{queue}/limit", LimitQueue)
OPERATIONS.get("/schedules", ListSchedules)
OPERATIONS.get("/workers", ListWorkers)
OPERATIONS.get("/subscriptions", ListSubscriptions)
OPERATIONS.post("/subscriptions/{name}/rebuild", RebuildProjection)
OPERATIONS.get("/dead-letters", ListDeadLetters)
OPERATIONS.get("/dead-letters/{dead_letter_id}", GetDeadLetter)
OPERATIONS.post("/dead-letters/{dead_letter_id}/replay", ReplayDeadLetter, status=204)
OPERATIONS.delete("/dead-letters/{dead_letter_id}", DropDeadLetter)
OPERATIONS.get("/parked-messages", ListParkedMessages)
OPERATIONS.delete("/parked-messages/{parked_message_id}", DropParkedMessage)
OPERATIONS.get("/processes", ListProcesses)
OPERATIONS.get("/processes/{process_id}", GetProcess)
OPERATIONS.post("/processes/{process_id}/retry", RetryProcess, status=204)
OPERATIONS.post("/processes/{process_id}/cancel", CancelProcess, status=204)
OPERATIONS.get("/acts", ListActs)
