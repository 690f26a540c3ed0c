#!/usr/bin/env python3
"""Opens COUNT WebSockets to PORT, says so in a line, and holds them until its input ends: hold.py PORT COUNT"""
import socket, sys

HANDSHAKE = (b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
held = []
for _ in range(int(sys.argv[2])):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.sendall(HANDSHAKE)
    if not s.recv(4096).startswith(b"HTTP/1.1 101"):
        sys.exit("handshake refused")
    held.append(s)
print("holding", flush=True)
sys.stdin.read()
