"""Publishes one message to the topic `telemetry`. MQTT_ADDRESS moves the broker."""

import os

from spin_sdk import http, mqtt
from spin_sdk.http import Request, Response
from spin_sdk.mqtt import Qos

ADDRESS = "mqtt://localhost:1883?client_id=client001"


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        address = os.environ.get("MQTT_ADDRESS", ADDRESS)
        with mqtt.open(address, "user", "password", 30) as broker:
            broker.publish("telemetry", b"Eureka!", Qos.AT_LEAST_ONCE)
        return Response(200, {"content-type": "text/plain"}, b"Sent outbound mqtt message!")
