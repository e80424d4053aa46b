"""The contract rows of the identity context."""

from colonnade.api.contract import Contract
from colonnade.application.identity import Refresh, Register, SignIn, SignOut, WhoAmI
from colonnade.application.identity.operators import AppointOperator, DismissOperator, ListOperators

identity = Contract("identity", prefix="/identity")
identity.post("/users", Register, status=201)
identity.post("/sessions", SignIn, status=201)
identity.post("/sessions/refresh", Refresh)
identity.post("/sessions/end", SignOut, status=204)
identity.get("/me", WhoAmI, etag=True)
identity.get("/operators", ListOperators)
identity.post("/operators", AppointOperator, status=201)
identity.post("/operators/dismiss", DismissOperator)
