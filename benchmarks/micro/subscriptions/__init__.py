"""Durable subscriptions: how soon they hear, how fast they catch up, what a long log and idle workers cost."""
