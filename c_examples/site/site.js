"use strict";
// the WebSocket is on the port that this file came from
const visitors = document.getElementById("visitors");
const scheme = location.protocol === "https:" ? "wss://" : "ws://";
const ws = new WebSocket(scheme + location.host, "visitors");
ws.onmessage = e => { visitors.textContent = e.data; };
ws.onclose = () => { visitors.textContent = "?"; };
