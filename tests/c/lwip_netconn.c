/* netconn: what each function answers, on the original and on ours; and on ours what the original cannot: calls that come back when another thread
 * closes. */
#include "lwip_test.h"

static u16_t port_of(struct netconn *conn)
{
	ip_addr_t addr;
	u16_t port = 0;

	netconn_addr(conn, &addr, &port);
	return port;
}

static struct netconn *listener(netconn_callback cb)
{
	struct netconn *conn = netconn_new_with_callback(NETCONN_TCP, cb);

	if (!conn || netconn_bind(conn, &loopback, 0) || netconn_listen(conn))
		exit(2);
	return conn;
}

/* two ends of a TCP connection */
static void pair(struct netconn *l, struct netconn **client, struct netconn **server)
{
	*client = netconn_new(NETCONN_TCP);
	if (netconn_connect(*client, &loopback, port_of(l)) || netconn_accept(l, server))
		exit(2);
}

static struct netbuf *text(const char *s)
{
	struct netbuf *buf = netbuf_new();

	memcpy(netbuf_alloc(buf, strlen(s)), s, strlen(s));
	return buf;
}

static void datagrams(void)
{
	struct netconn *a = netconn_new(NETCONN_UDP), *b = netconn_new(NETCONN_UDP);
	struct netbuf *buf, *hello = text("hello");
	struct pbuf *p;
	ip_addr_t addr;
	u16_t port = 1, len;
	void *data;

	is("udp: no peer", netconn_peer(a, &addr, &port), ERR_CONN);
	is("udp: an address", netconn_addr(a, &addr, &port), ERR_OK);
	is("udp: no port yet", port, 0);
	is("udp: cannot be closed", netconn_close(a), ERR_CONN);
	is("udp: cannot be shut down", netconn_shutdown(a, 1, 1), ERR_CONN);
	is("udp: cannot listen", netconn_listen(a), ERR_ARG);
	is("udp: cannot write", netconn_write(a, "x", 1, 0), ERR_VAL);
	is("udp: cannot accept", netconn_accept(a, &b), ERR_CLSD);
	b = netconn_new(NETCONN_UDP);
	is("udp: disconnected", netconn_disconnect(a), ERR_OK);
	is("udp: bound", netconn_bind(a, &loopback, 0), ERR_OK);
	port = port_of(a);
	is("udp: taken", netconn_bind(b, &loopback, port), ERR_USE);
	is("udp: connected", netconn_connect(b, &loopback, port), ERR_OK);
	is("udp: peer", netconn_peer(b, &addr, &len), ERR_OK);
	yes("udp: is whom it was connected to", len == port && ip_addr_cmp(&addr, &loopback));
	netconn_set_recvtimeout(a, 30);
	is("udp: nothing in time", netconn_recv(a, &buf), ERR_TIMEOUT);
	yes("udp: and no buffer", buf == NULL);
	is("udp: sent", netconn_send(b, hello), ERR_OK);
	is("udp: received", netconn_recv(a, &buf), ERR_OK);
	is("udp: data", netbuf_data(buf, &data, &len), ERR_OK);
	yes("udp: the same", len == 5 && !memcmp(data, "hello", 5) && netbuf_len(buf) == 5);
	yes("udp: from whom", netbuf_fromport(buf) == port_of(b) && ip_addr_cmp(netbuf_fromaddr(buf), &loopback));
	is("udp: back", netconn_sendto(a, buf, netbuf_fromaddr(buf), netbuf_fromport(buf)), ERR_OK);
	netbuf_delete(buf);
	is("udp: received back", netconn_recv_udp_raw_netbuf(b, &buf), ERR_OK);
	netbuf_delete(buf);
	is("udp: not a stream", netconn_recv_tcp_pbuf(a, &p), ERR_ARG);
	is("udp: no window", netconn_tcp_recvd(a, 1), ERR_ARG);
	is("udp: don't wait", netconn_recv_udp_raw_netbuf_flags(a, &buf, NETCONN_DONTBLOCK), ERR_WOULDBLOCK);
	netconn_set_nonblocking(a, 1);
	is("udp: nothing there", netconn_recv(a, &buf), ERR_WOULDBLOCK);
	is("udp: deleted", netconn_delete(a), ERR_OK);
	/* the peer is gone: of that a datagram connection hears nothing */
	netbuf_delete(hello);
	hello = text("hello");
	netconn_send(b, hello);
	netconn_set_recvtimeout(b, 30);
	is("udp: nobody there", netconn_recv(b, &buf), ERR_TIMEOUT);
	is("udp: the other deleted", netconn_delete(b), ERR_OK);
	netbuf_delete(hello);
}

static void not_connected(void)
{
	struct netconn *conn = netconn_new(NETCONN_TCP), *other = NULL;
	struct netbuf *buf, *hello = text("hello");
	ip_addr_t addr;
	u16_t port;

	yes("new: as documented", conn->state == NETCONN_NONE && !conn->recv_avail && conn->linger == -1 && !conn->flags &&
		conn->socket == -1 && netconn_get_recvbufsize(conn) == 0x7fffffff && !netconn_get_recvtimeout(conn));
	is("tcp: no datagrams", netconn_recv_udp_raw_netbuf(conn, &buf), ERR_ARG);
	is("tcp: not connected, write", netconn_write(conn, "x", 1, 0), ERR_CONN);
	is("tcp: write nothing", netconn_write(conn, "x", 0, 0), ERR_OK);
	is("tcp: send", netconn_send(conn, hello), ERR_CONN);
	is("tcp: disconnect", netconn_disconnect(conn), ERR_VAL);
	is("tcp: accept", netconn_accept(conn, &other), ERR_CLSD);
	yes("tcp: nobody accepted", other == NULL);
	is("tcp: peer", netconn_peer(conn, &addr, &port), ERR_CONN);
	is("tcp: shut down", netconn_shutdown(conn, 0, 1), ERR_CONN);
	is("tcp: shut nothing", netconn_shutdown(conn, 0, 0), ERR_OK);
	is("tcp: group", netconn_join_leave_group(conn, &loopback, IP_ADDR_ANY, NETCONN_JOIN), ERR_VAL);
	is("tcp: refused", netconn_connect(conn, &loopback, 1), ERR_RST);
	is("tcp: its error", netconn_err(conn), ERR_RST);
	is("tcp: no second try", netconn_connect(conn, &loopback, 1), ERR_CLSD);
	is("tcp: no address any more", netconn_bind(conn, &loopback, 0), ERR_VAL);
	is("tcp: nothing to close", netconn_close(conn), ERR_CONN);
	is("tcp: a receiver hears too", netconn_recv(conn, &buf), ERR_RST);
	is("tcp: deleted", netconn_delete(conn), ERR_OK);
	conn = netconn_new(NETCONN_TCP);
	is("closed: closed", netconn_close(conn), ERR_OK);
	is("closed: bind", netconn_bind(conn, &loopback, 0), ERR_VAL);
	is("closed: listen", netconn_listen(conn), ERR_CONN);
	is("closed: connect", netconn_connect(conn, &loopback, 1), ERR_CLSD);
	is("closed: close", netconn_close(conn), ERR_CONN);
	is("closed: deleted", netconn_delete(conn), ERR_OK);
	is("null: delete", netconn_delete(NULL), ERR_OK);
	is("null: error", netconn_err(NULL), ERR_OK);
	netbuf_delete(hello);
}

static void listening(void)
{
	struct netconn *l = netconn_new(NETCONN_TCP), *other, *second = netconn_new(NETCONN_TCP);
	struct netbuf *buf;
	ip_addr_t addr;
	u16_t port;
	long begin;

	is("listener: bound", netconn_bind(l, IP_ADDR_ANY, 0), ERR_OK);
	port = port_of(l);
	yes("listener: a port", port > 0);
	is("listener: listens", netconn_listen(l), ERR_OK);
	is("listener: again", netconn_listen(l), ERR_OK);
	is("listener: bind", netconn_bind(l, &loopback, 0), ERR_VAL);
	is("listener: connect", netconn_connect(l, &loopback, 1), ERR_ISCONN);
	is("listener: receive", netconn_recv(l, &buf), ERR_CONN);
	is("listener: peer", netconn_peer(l, &addr, &port), ERR_CONN);
	is("listener: write", netconn_write(l, "x", 1, 0), ERR_INPROGRESS);
	is("listener: half closed", netconn_shutdown(l, 1, 0), ERR_CONN);
	netconn_set_recvtimeout(l, 40);
	begin = now_ms();
	is("listener: nobody in time", netconn_accept(l, &other), ERR_TIMEOUT);
	yes("listener: that was a time", now_ms() - begin >= 35);
	netconn_set_nonblocking(l, 1);
	is("listener: nobody there", netconn_accept(l, &other), ERR_WOULDBLOCK);
	is("listener: taken", netconn_bind(second, IP_ADDR_ANY, port_of(l)), ERR_USE);
	is("listener: unbound", netconn_listen(second), ERR_OK);
	ON_OURS(yes("listener: has a port", port_of(second) > 0);)
	is("listener: closed", netconn_close(l), ERR_OK);
	is("listener: accepts no more", netconn_accept(l, &other), ERR_CLSD);
	netconn_delete(l);
	netconn_delete(second);
}

static void streams(void)
{
	struct netconn *l = listener(NULL), *c, *s;
	struct netbuf *buf;
	struct pbuf *p;
	struct netvector parts[3] = { { "ab", 2 }, { "", 0 }, { "cde", 3 } };
	ip_addr_t addr;
	u16_t port;
	size_t written = 99;
	char got[16];

	pair(l, &c, &s);
	is("stream: connected already", netconn_connect(c, &loopback, 1), ERR_ISCONN);
	is("stream: cannot listen", netconn_listen(c), ERR_VAL);
	is("stream: cannot be bound", netconn_bind(c, &loopback, 0), ERR_VAL);
	is("stream: peer", netconn_peer(c, &addr, &port), ERR_OK);
	yes("stream: is the listener", port == port_of(l) && ip_addr_cmp(&addr, &loopback));
	is("stream: written", netconn_write(c, "hello", 5, NETCONN_COPY), ERR_OK);
	is("stream: received", netconn_recv(s, &buf), ERR_OK);
	yes("stream: what was written", netbuf_copy(buf, got, sizeof(got)) == 5 && !memcmp(got, "hello", 5));
	yes("stream: from no address", ip_addr_isany(netbuf_fromaddr(buf)) && !netbuf_fromport(buf));
	netbuf_delete(buf);
	is("stream: vectors", netconn_write_vectors_partly(s, parts, 3, NETCONN_COPY, &written), ERR_OK);
	is("stream: all of them", written, 5);
	is("stream: received as a pbuf", netconn_recv_tcp_pbuf(c, &p), ERR_OK);
	yes("stream: in order", p->tot_len == 5 && !pbuf_memcmp(p, 0, "abcde", 5));
	pbuf_free(p);
	is("stream: nothing more", netconn_recv_tcp_pbuf_flags(c, &p, NETCONN_DONTBLOCK), ERR_WOULDBLOCK);
	netconn_set_nonblocking(c, 1);
	is("non-blocking: no short write without a place for it", netconn_write(c, "x", 1, NETCONN_COPY), ERR_VAL);
	is("non-blocking: written", netconn_write_partly(c, "x", 1, NETCONN_COPY, &written), ERR_OK);
	is("non-blocking: so much", written, 1);
	netconn_set_nonblocking(c, 0);
	netconn_set_sendtimeout(c, 100);
	is("send timeout: the same", netconn_write(c, "x", 1, NETCONN_COPY), ERR_VAL);
	netconn_set_sendtimeout(c, 0);
	netconn_recv(s, &buf);
	netbuf_delete(buf);
	is("half closed", netconn_shutdown(c, 0, 1), ERR_OK);
	is("half closed: write", netconn_write(c, "x", 1, 0), ERR_CONN);
	sys_msleep(30);
	is("end: left for later", netconn_recv_tcp_pbuf_flags(s, &p, NETCONN_NOFIN), ERR_WOULDBLOCK);
	is("end: heard once", netconn_recv(s, &buf), ERR_CLSD);
	is("end: then not connected", netconn_recv(s, &buf), ERR_CONN);
	is("end: no error", netconn_err(s), ERR_OK);
	is("end: the other way", netconn_write(s, "bye", 3, NETCONN_COPY), ERR_OK);
	is("end: still arrives", netconn_recv(c, &buf), ERR_OK);
	netbuf_delete(buf);
	is("closed by s", netconn_close(s), ERR_OK);
	is("closed by s: again", netconn_close(s), ERR_CONN);
	is("closed by s: peer", netconn_peer(s, &addr, &port), ERR_CONN);
	is("closed by s: write", netconn_write(s, "x", 1, 0), ERR_CONN);
	is("closed by s: c hears", netconn_recv(c, &buf), ERR_CLSD);
	netconn_delete(s);
	netconn_delete(c);
	netconn_delete(l);
}

/* what a callback was told, as text: L, c and s for who, then the event's letter and the length */
static char told[1024];
static pthread_mutex_t telling = PTHREAD_MUTEX_INITIALIZER;
static struct netconn *who_l, *who_c;

static void tell(struct netconn *conn, enum netconn_evt event, u16_t len)
{
	pthread_mutex_lock(&telling);
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%c%c%u ", conn == who_l ? 'L' : conn == who_c ? 'c' : 's',
		"RrSsE"[event], len);
	pthread_mutex_unlock(&telling);
}

static void heard(const char *what, const char *wanted)
{
	int i;

	/* as much as is wanted, and then a little while for what is too much */
	for (i = 0; i < 200 && strlen(told) < strlen(wanted); i++)
		sys_msleep(5);
	sys_msleep(20);
	pthread_mutex_lock(&telling);
	check_(!strcmp(told, wanted), what, 0, 0);
	if (strcmp(told, wanted))
		printf("    told `%s`, not `%s`\n", told, wanted);
	told[0] = 0;
	pthread_mutex_unlock(&telling);
}

static void callbacks(void)
{
	struct netconn *l = who_l = listener(tell), *c, *c2, *s, *s2;
	struct netbuf *buf, *hello = text("hello");

	c = netconn_new(NETCONN_TCP);
	c2 = netconn_new(NETCONN_TCP);
	netconn_connect(c, &loopback, port_of(l));
	netconn_connect(c2, &loopback, port_of(l));
	heard("callback: each connection that comes", "LR0 LR0 ");
	is("callback: accepted", netconn_accept(l, &s), ERR_OK);
	is("callback: accepted both", netconn_accept(l, &s2), ERR_OK);
	heard("callback: each that is taken", "Lr0 Lr0 ");
	netconn_set_nonblocking(l, 1);
	is("callback: no third", netconn_accept(l, &c2), ERR_WOULDBLOCK);
	netconn_write(c, "hello", 5, NETCONN_COPY);
	heard("callback: what comes", "sR5 ");
	is("callback: how much waits", s->recv_avail, 5);
	is("callback: received", netconn_recv(s, &buf), ERR_OK);
	netbuf_delete(buf);
	heard("callback: what is taken", "sr5 ");
	is("callback: nothing waits", s->recv_avail, 0);
	netconn_set_recvtimeout(s, 30);
	is("callback: nothing in time", netconn_recv(s, &buf), ERR_TIMEOUT);
	netconn_close(c);
	heard("callback: the end", "sR0 ");
	is("callback: closed", netconn_recv(s, &buf), ERR_CLSD);
	heard("callback: the end is taken", "sr0 sR0 ");
	netconn_delete(s);
	heard("callback: deleted", "sE0 sR0 sS0 ");
	netconn_delete(s2);
	netconn_delete(c);
	told[0] = 0;
	netconn_delete(l);
	heard("callback: a listener deleted", "LE0 LR0 LS0 ");
	who_l = NULL;

	c = who_c = netconn_new_with_callback(NETCONN_TCP, tell);
	netconn_set_nonblocking(c, 1);
	is("callback: connecting", netconn_connect(c, &loopback, 1), ERR_INPROGRESS);
	heard("callback: refused", "cE0 cR0 cS0 ");
	is("callback: no second try", netconn_connect(c, &loopback, 1), ERR_CLSD);
	is("callback: its error", netconn_err(c), ERR_RST);
	netconn_delete(c);
	heard("callback: one that failed is deleted", "cR0 cS0 ");

	l = listener(NULL);
	c = who_c = netconn_new_with_callback(NETCONN_TCP, tell);
	netconn_set_nonblocking(c, 1);
	is("callback: connecting to somebody", netconn_connect(c, &loopback, port_of(l)), ERR_INPROGRESS);
	heard("callback: connected", "cS0 ");
	netconn_accept(l, &s);
	netconn_write(s, "hello", 5, NETCONN_COPY);
	heard("callback: to a client", "cR5 ");
	netconn_delete(s);
	netconn_delete(c);
	netconn_delete(l);
	told[0] = 0;

	c = who_c = netconn_new_with_callback(NETCONN_UDP, tell);
	netconn_bind(c, &loopback, 0);
	netconn_sendto(c, hello, &loopback, port_of(c));
	heard("callback: a datagram", "cR5 ");
	is("callback: received it", netconn_recv(c, &buf), ERR_OK);
	netbuf_delete(buf);
	heard("callback: taken", "cr5 ");
	netconn_delete(c);
	heard("callback: udp deleted", "cR0 cS0 ");
	netbuf_delete(hello);
}

#ifndef LWIP_ORIGINAL
/* --- what another thread does --- */

struct blocked {
	struct netconn *conn;
	int how;
	err_t err;
	volatile long back;
};

static void *in_a_call(void *p)
{
	static char much[1 << 20];
	struct blocked *b = p;
	struct netconn *other;
	struct netbuf *buf;

	switch (b->how) {
	case 0: b->err = netconn_recv(b->conn, &buf); break;
	case 1: b->err = netconn_accept(b->conn, &other); break;
	default:
		do
			b->err = netconn_write(b->conn, much, sizeof(much), NETCONN_COPY);
		while (b->err == ERR_OK);
	}
	b->back = now_ms();
	return NULL;
}

static void one_blocked(const char *what, struct netconn *conn, int how, int deleted, int wanted)
{
	struct blocked b[3];
	pthread_t threads[3];
	char name[128];
	long begin;
	int i, n = how == 2 ? 1 : 3, good = 1, quick = 1;

	for (i = 0; i < n; i++) {
		b[i] = (struct blocked){ .conn = conn, .how = how, .err = 99 };
		pthread_create(&threads[i], NULL, in_a_call, &b[i]);
	}
	sys_msleep(60);
	for (i = 0; i < n; i++)
		good &= !b[i].back;
	snprintf(name, sizeof(name), "%s: waits", what);
	yes(name, good);
	begin = now_ms();
	if (deleted)
		netconn_delete(conn);
	else
		netconn_close(conn);
	for (i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		good &= b[i].err == wanted;
		quick &= b[i].back - begin < 1000;
	}
	snprintf(name, sizeof(name), "%s: hears of it", what);
	is(name, good ? wanted : b[0].err, wanted);
	snprintf(name, sizeof(name), "%s: at once", what);
	yes(name, quick);
	if (!deleted)
		netconn_delete(conn);
}

static void ignore(struct netconn *conn, enum netconn_evt event, u16_t len)
{
	(void)conn, (void)event, (void)len;
}

static void closing(void)
{
	struct netconn *l, *c, *s;
	netconn_callback cbs[2] = { NULL, ignore };
	int deleted, i;

	for (i = 0; i < 2; i++)
		for (deleted = 0; deleted < 2; deleted++) {
			l = listener(cbs[i]);
			pair(l, &c, &s);
			one_blocked("closed under recv", s, 0, deleted, ERR_CONN);
			netconn_delete(c);
			pair(l, &c, &s);
			one_blocked("closed under write", s, 2, deleted, ERR_CLSD);
			netconn_delete(c);
			one_blocked("closed under accept", l, 1, deleted, ERR_CONN);
		}
	for (i = 0; i < 2; i++) {
		c = netconn_new_with_callback(NETCONN_UDP, cbs[i]);
		netconn_bind(c, &loopback, 0);
		one_blocked("deleted under a datagram's recv", c, 0, 1, ERR_CONN);
	}
}

static void dead(void)
{
	struct netconn *conn = netconn_new(NETCONN_TCP), *other;
	struct netbuf *buf;
	ip_addr_t addr;
	u16_t port;

	netconn_delete(conn);
	is("dead: delete", netconn_delete(conn), ERR_ARG);
	is("dead: receive", netconn_recv(conn, &buf), ERR_ARG);
	is("dead: accept", netconn_accept(conn, &other), ERR_ARG);
	is("dead: write", netconn_write(conn, "x", 1, 0), ERR_ARG);
	is("dead: address", netconn_addr(conn, &addr, &port), ERR_ARG);
	is("dead: error", netconn_err(conn), ERR_OK);
	is("null: receive", netconn_recv(NULL, &buf), ERR_ARG);
	is("null: place", netconn_recv((void *)&addr, NULL), ERR_ARG);
	is("null: no connection at all", netconn_close((struct netconn *)&addr), ERR_ARG);
	yes("no such kind", netconn_new((enum netconn_type)0x35) == NULL);
}

static void reset(void)
{
	struct netconn *l = listener(NULL), *c, *s;
	struct netbuf *buf;

	pair(l, &c, &s);
	c->linger = 0;
	netconn_delete(c);
	sys_msleep(20);
	is("reset: receive", netconn_recv(s, &buf), ERR_RST);
	is("reset: its error", netconn_err(s), ERR_RST);
	is("reset: once", netconn_recv(s, &buf), ERR_CONN);
	netconn_delete(s);
	netconn_delete(l);
}

static void *much_in(void *p)
{
	struct netconn *conn = p;
	struct pbuf *buf;
	static unsigned long sum;
	unsigned long n = 0;
	err_t err;

	sum = 0;
	while ((err = netconn_recv_tcp_pbuf(conn, &buf)) == ERR_OK) {
		u16_t i;

		for (i = 0; i < buf->tot_len; i++, n++)
			sum = sum * 31 + ((unsigned char *)buf->payload)[i];
		pbuf_free(buf);
	}
	yes("much: until its end", err == ERR_CLSD && n == 8u << 20);
	return &sum;
}

static void *some_in(void *p)
{
	struct netconn *conn = p;
	struct pbuf *buf;

	sys_msleep(200);
	while (netconn_recv_tcp_pbuf(conn, &buf) == ERR_OK)
		pbuf_free(buf);
	return NULL;
}

static void much(netconn_callback cb, const char *what)
{
	struct netconn *l = listener(cb), *c, *s;
	static unsigned char bytes[8 << 20];
	unsigned long sum = 0, *got;
	size_t i, written = 0, all = 0;
	int quiet;
	pthread_t t;
	err_t err;

	for (i = 0; i < sizeof(bytes); i++) {
		bytes[i] = i * 7 + (i >> 9);
		sum = sum * 31 + bytes[i];
	}
	pair(l, &c, &s);
	pthread_create(&t, NULL, much_in, s);
	is(what, netconn_write(c, bytes, sizeof(bytes), NETCONN_COPY), ERR_OK);
	netconn_shutdown(c, 0, 1);
	pthread_join(t, (void **)&got);
	yes("much: the same bytes", *got == sum);
	netconn_delete(c);
	netconn_delete(s);

	/* a peer that does not read: a part is taken, then nothing, and both are told */
	pair(l, &c, &s);
	netconn_set_nonblocking(c, 1);
	/* the kernel may find room again a moment later: full is what stays so */
	for (quiet = 0; quiet < 5; quiet++) {
		while ((err = netconn_write_partly(c, bytes, sizeof(bytes), NETCONN_COPY, &written)) == ERR_OK) {
			all += written;
			quiet = 0;
		}
		usleep(20000);
	}
	yes("full: says so", err == ERR_WOULDBLOCK && !written && all > 0 && all % sizeof(bytes));
	netconn_set_nonblocking(c, 0);
	netconn_set_sendtimeout(c, 50);
	is("full: in time", netconn_write_partly(c, "x", 1, NETCONN_COPY, &written), ERR_WOULDBLOCK);
	pthread_create(&t, NULL, some_in, s);
	netconn_set_sendtimeout(c, 5000);
	is("full: until there is room", netconn_write_partly(c, bytes, 100000, NETCONN_COPY, &written), ERR_OK);
	is("full: all of it", written, 100000);
	netconn_delete(c);
	pthread_join(t, NULL);
	netconn_delete(s);
	netconn_delete(l);
}

static void room_told(void)
{
	static char bytes[1 << 20];
	struct netconn *l = listener(NULL), *c, *s;
	size_t written;
	pthread_t t;

	c = who_c = netconn_new_with_callback(NETCONN_TCP, tell);
	netconn_connect(c, &loopback, port_of(l));
	netconn_accept(l, &s);
	heard("room: connected", "cS0 ");
	netconn_set_nonblocking(c, 1);
	while (netconn_write_partly(c, bytes, sizeof(bytes), NETCONN_COPY, &written) == ERR_OK && written == sizeof(bytes))
		;
	heard("room: none", "cs0 ");
	pthread_create(&t, NULL, some_in, s);
	heard("room: again", "cS0 ");
	netconn_delete(c);
	pthread_join(t, NULL);
	netconn_delete(s);
	netconn_delete(l);
	told[0] = 0;
}

static void ipv6(void)
{
	struct netconn *l = netconn_new(NETCONN_TCP_IPV6), *c = netconn_new(NETCONN_TCP), *c6 = netconn_new(NETCONN_TCP_IPV6);
	struct netconn *s, *u = netconn_new(NETCONN_UDP);
	ip_addr_t addr, loopback6, group;
	u16_t port;

	if (!l || !c6) {
		printf("ok ipv6: not on this machine\n");
		return;
	}
	ip_addr_set_loopback(1, &loopback6);
	is("ipv6: bound to all", netconn_bind(l, IP6_ADDR_ANY, 0), ERR_OK);
	is("ipv6: listens", netconn_listen(l), ERR_OK);
	is("ipv6: from IPv4", netconn_connect(c, &loopback, port_of(l)), ERR_OK);
	is("ipv6: accepted", netconn_accept(l, &s), ERR_OK);
	is("ipv6: who", netconn_peer(s, &addr, &port), ERR_OK);
	yes("ipv6: is IPv4", ip_addr_cmp(&addr, &loopback) && port == port_of(c));
	netconn_delete(s);
	is("ipv6: not for IPv4", netconn_connect(u, &loopback6, 1), ERR_VAL);
	if (netconn_connect(c6, &loopback6, port_of(l)) == ERR_OK) {
		netconn_accept(l, &s);
		netconn_peer(s, &addr, &port);
		yes("ipv6: from IPv6", ip_addr_cmp(&addr, &loopback6));
		netconn_delete(s);
	}
	netconn_delete(l);
	netconn_delete(c);
	netconn_delete(c6);
	ipaddr_aton("239.1.2.3", &group);
	is("group: joined", netconn_join_leave_group(u, &group, &loopback, NETCONN_JOIN), ERR_OK);
	is("group: left", netconn_join_leave_group(u, &group, &loopback, NETCONN_LEAVE), ERR_OK);
	yes("group: not twice", netconn_join_leave_group(u, &group, &loopback, NETCONN_LEAVE) != ERR_OK);
	is("group: by index", netconn_join_leave_group_netif(u, &group, 1, NETCONN_JOIN), ERR_OK);
	netconn_delete(u);
}

static void *churn(void *p)
{
	const char *rounds = getenv("LWIP_ROUNDS");
	int i, n = rounds ? atoi(rounds) : 300;

	(void)p;
	for (i = 0; i < n; i++) {
		struct netconn *l = listener(i % 2 ? ignore : NULL), *c, *s;
		struct blocked b = { .how = i % 2, .err = 99 };
		pthread_t t;

		pair(l, &c, &s);
		netconn_write(c, "x", 1, NETCONN_COPY);
		b.conn = b.how ? l : c;
		pthread_create(&t, NULL, in_a_call, &b);
		if (i % 3)
			sched_yield();
		netconn_delete(b.conn);
		pthread_join(t, NULL);
		netconn_delete(s);
		netconn_delete(b.how ? c : l);
	}
	return NULL;
}

static int descriptors(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 1024; fd++)
		n += !(lseek(fd, 0, SEEK_CUR) < 0 && errno == EBADF);
	return n;
}

static void rounds(void)
{
	pthread_t threads[4];
	int i, before = descriptors();

	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, churn, NULL);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	is("rounds: no descriptor is left", descriptors(), before);
}
#endif

int main(void)
{
	host_up();
	datagrams();
	not_connected();
	listening();
	streams();
	callbacks();
	ON_OURS(dead(); reset(); closing(); much(NULL, "much: written"); much(ignore, "much: written, with a callback"); room_told(); ipv6(); rounds();)
	return lwip_failed != 0;
}
