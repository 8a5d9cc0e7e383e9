"""A gateway that takes JSON with a token: Zalo ZNS by template, SMS gateways, and their like."""

from alerts.channels.gateway.template import GatewayChannel, GatewaySetup

__all__ = ["GatewayChannel", "GatewaySetup"]
