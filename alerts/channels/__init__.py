"""Channels: one folder each with a transport and its tests; copy one to add another."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.channels.chat import ChatChannel
from alerts.channels.email import FolderChannel, MailIdentity, SmtpChannel, SmtpServer
from alerts.channels.gateway import GatewayChannel
from alerts.channels.setup import CHANNELS_NAME, load_channels
from alerts.channels.webhook import WebhookChannel
from alerts.ports import Channel
from langnghe.settings import Settings


def open_channels(settings: Settings) -> Mapping[str, Channel]:
    """Return the channels that ``settings`` set up, by kind."""
    identity = MailIdentity(settings.mail_from, settings.reply_address)
    email: Channel = FolderChannel(settings.outbox_dir, identity)
    if settings.smtp_host:
        email = SmtpChannel(
            SmtpServer(
                settings.smtp_host,
                settings.smtp_port,
                settings.smtp_user,
                settings.smtp_password,
                settings.smtp_security,
            ),
            identity,
        )
    gateways = load_channels(settings.data_dir / CHANNELS_NAME).gateways
    channels: tuple[Channel, ...] = (
        email,
        WebhookChannel(settings.secret_key),
        ChatChannel(),
        *map(GatewayChannel, gateways),
    )
    return {channel.kind: channel for channel in channels}
