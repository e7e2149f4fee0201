"""The server as it runs: it says where it is, notes its start and its end, and lets what lasts know that it stops."""

import asyncio
import socket
import sys
from collections.abc import Mapping

import uvicorn

from app.web.logs import logger


class Running(uvicorn.Server):
    """`described` is what the log says of it at the start."""

    def __init__(
        self,
        configuration: uvicorn.Config,
        *,
        address: str,
        described: Mapping[str, object],
        stopping: asyncio.Event,
    ) -> None:
        super().__init__(configuration)
        self.address = address
        self.described = described
        self.stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"Gaze2Report is at {self.address}\n")
            sys.stdout.flush()
            logger.info("the server has started", extra={"fields": self.described})

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.stopping.set()
        await super().shutdown(sockets)
        logger.info("the server has stopped")
