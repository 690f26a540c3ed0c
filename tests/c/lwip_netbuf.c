/* netbuf, pbuf and addresses: the same on the original and on ours. */
#include "lwip_test.h"
#include "lwip/ip.h"
#include <stddef.h>

static struct pbuf *piece(const char *s)
{
	struct pbuf *p = pbuf_alloc(PBUF_RAW, strlen(s), PBUF_RAM);

	pbuf_take(p, s, strlen(s));
	return p;
}

static void layouts(void)
{
	is("layout: netconn", sizeof(struct netconn), 88);
	is("layout: pcb", offsetof(struct netconn, pcb), 8);
	is("layout: pending_err", offsetof(struct netconn, pending_err), 16);
	is("layout: recvmbox", offsetof(struct netconn, recvmbox), 32);
	is("layout: acceptmbox", offsetof(struct netconn, acceptmbox), 40);
	is("layout: socket", offsetof(struct netconn, socket), 48);
	is("layout: send_timeout", offsetof(struct netconn, send_timeout), 52);
	is("layout: recv_timeout", offsetof(struct netconn, recv_timeout), 56);
	is("layout: recv_bufsize", offsetof(struct netconn, recv_bufsize), 60);
	is("layout: recv_avail", offsetof(struct netconn, recv_avail), 64);
	is("layout: linger", offsetof(struct netconn, linger), 68);
	is("layout: flags", offsetof(struct netconn, flags), 70);
	is("layout: callback", offsetof(struct netconn, callback), 80);
	is("layout: netbuf", sizeof(struct netbuf), 48);
	is("layout: addr", offsetof(struct netbuf, addr), 16);
	is("layout: port", offsetof(struct netbuf, port), 40);
	is("layout: toport_chksum", offsetof(struct netbuf, toport_chksum), 44);
	is("layout: pbuf", sizeof(struct pbuf), 24);
	is("layout: tot_len", offsetof(struct pbuf, tot_len), 16);
	is("layout: type", offsetof(struct pbuf, type_internal), 20);
	is("layout: ref", offsetof(struct pbuf, ref), 22);
	is("layout: pbuf_custom", sizeof(struct pbuf_custom), 32);
	is("layout: ip_addr", sizeof(ip_addr_t), 24);
	is("layout: its type", offsetof(ip_addr_t, type), 20);
	is("layout: so_options", offsetof(struct ip_pcb, so_options), 49);
	is("layout: ttl", offsetof(struct ip_pcb, ttl), 51);
	is("value: PBUF_TRANSPORT", PBUF_TRANSPORT, 74);
	is("value: PBUF_RAM", PBUF_RAM, 0x280);
	is("value: PBUF_POOL", PBUF_POOL, 0x182);
	is("value: ERR_ARG", ERR_ARG, -16);
	is("value: NETCONN_UDP_IPV6", NETCONN_UDP_IPV6, 0x28);
}

static int freed;
static void free_custom(struct pbuf *p)
{
	(void)p;
	freed++;
}

static void packets(void)
{
	struct pbuf *p, *q;
	struct pbuf_custom custom = { .custom_free_function = free_custom };
	char memory[64], out[64];
	u16_t at;
	int i;

	p = pbuf_alloc(PBUF_TRANSPORT, 10, PBUF_RAM);
	is("pbuf: payload behind the headers' room", (char *)p->payload - (char *)p, 104);
	yes("pbuf: new", p->ref == 1 && !p->flags && !p->next && p->len == 10 && p->tot_len == 10 && p->type_internal == 0x80);
	is("pbuf: room for headers", pbuf_add_header(p, 74), 0);
	is("pbuf: longer", p->len, 84);
	is("pbuf: no more room", pbuf_add_header(p, 7), 1);
	is("pbuf: headers away", pbuf_remove_header(p, 80), 0);
	is("pbuf: header", pbuf_header(p, -4), 0);
	is("pbuf: empty", p->len, 0);
	is("pbuf: freed", pbuf_free(p), 1);
	p = pbuf_alloc(PBUF_RAW, 5, PBUF_REF);
	yes("pbuf: a reference", !p->payload && p->len == 5 && p->type_internal == 0x41);
	pbuf_free(p);
	yes("pbuf: nothing", (p = pbuf_alloc(PBUF_RAW, 0, PBUF_RAM)) && !p->len);
	pbuf_free(p);

	p = piece("abc");
	pbuf_cat(p, piece("defg"));
	q = piece("hi");
	pbuf_chain(p, q);
	yes("chain: lengths", p->tot_len == 9 && p->len == 3 && p->next->tot_len == 6 && pbuf_clen(p) == 3 && q->ref == 2);
	is("chain: copied", pbuf_copy_partial(p, out, sizeof(out), 2), 7);
	yes("chain: across pieces", !memcmp(out, "cdefghi", 7));
	is("chain: a part", pbuf_copy_partial(p, out, 2, 6), 2);
	is("chain: behind its end", pbuf_copy_partial(p, out, 2, 9), 0);
	is("chain: the same", pbuf_memcmp(p, 1, "bcdef", 5), 0);
	is("chain: different", pbuf_memcmp(p, 1, "bcdeX", 5), 5);
	is("chain: too long", pbuf_memcmp(p, 5, "fghij", 5), 0xffff);
	is("chain: found", pbuf_memfind(p, "gh", 2, 0), 6);
	is("chain: not found", pbuf_memfind(p, "gh", 2, 7), 0xffff);
	is("chain: text", pbuf_strstr(p, "cde"), 2);
	is("chain: no text", pbuf_strstr(p, ""), 0xffff);
	is("chain: a byte", pbuf_get_at(p, 7), 'h');
	is("chain: no byte", pbuf_try_get_at(p, 9), -1);
	pbuf_put_at(p, 3, 'D');
	is("chain: put", pbuf_try_get_at(p, 3), 'D');
	is("chain: taken", pbuf_take_at(p, "1234", 4, 2), ERR_OK);
	yes("chain: where it belongs", !pbuf_memcmp(p, 0, "ab1234ghi", 9));
	yes("chain: too much", pbuf_take_at(p, "1234", 4, 6) != ERR_OK);
	yes("chain: skipped", pbuf_skip(p, 4, &at) == p->next && at == 1);
	yes("chain: in one piece", pbuf_get_contiguous(p, out, sizeof(out), 2, 3) == (char *)p->next->payload);
	yes("chain: in two", pbuf_get_contiguous(p, out, sizeof(out), 4, 5) == out && !memcmp(out, "4ghi", 4));
	yes("chain: no room", pbuf_get_contiguous(p, out, 3, 4, 5) == NULL);
	pbuf_realloc(p, 5);
	yes("chain: shorter", p->tot_len == 5 && pbuf_clen(p) == 2 && p->next->len == 2 && q->ref == 1);
	yes("chain: taken apart", pbuf_dechain(p) == NULL && p->tot_len == 3 && !p->next);
	is("chain: freed", pbuf_free(p) + pbuf_free(q), 2);

	p = piece("abc");
	pbuf_cat(p, piece("def"));
	q = pbuf_clone(PBUF_RAW, PBUF_RAM, p);
	yes("clone", q && q != p && pbuf_clen(q) == 1 && !pbuf_memcmp(q, 0, "abcdef", 6));
	is("copied", pbuf_copy(q, p), ERR_OK);
	yes("copied: too long", pbuf_copy_partial_pbuf(q, p, 4, 3) != ERR_OK);
	pbuf_free(q);
	p = pbuf_coalesce(p, PBUF_RAW);
	yes("coalesced", pbuf_clen(p) == 1 && !pbuf_memcmp(p, 0, "abcdef", 6));
	p = pbuf_free_header(p, 4);
	yes("header freed", p->tot_len == 2 && pbuf_get_at(p, 0) == 'e');
	yes("all freed", pbuf_free_header(p, 2) == NULL);

	p = pbuf_alloced_custom(PBUF_RAW, 20, PBUF_REF, &custom, memory, sizeof(memory));
	yes("custom", p == &custom.pbuf && p->payload == memory && p->len == 20);
	pbuf_ref(p);
	is("custom: kept", pbuf_free(p), 0);
	is("custom: its last", pbuf_free(p), 1);
	is("custom: its function", freed, 1);
	yes("custom: too small", !pbuf_alloced_custom(PBUF_TRANSPORT, 20, PBUF_REF, &custom, memory, sizeof(memory)));

	for (i = 0, p = piece("x"); i < 200; i++)
		pbuf_cat(p, piece("0123456789"));
	is("long: length", p->tot_len, 2001);
	is("long: last", pbuf_get_at(p, 2000), '9');
	is("long: freed", pbuf_free(p), 201);
}

static void buffers(void)
{
	struct netbuf *buf = netbuf_new(), *tail = netbuf_new();
	void *data;
	u16_t len;
	char out[16];

	yes("netbuf: empty", !buf->p && !buf->ptr && !buf->port && ip_addr_isany(&buf->addr));
	is("netbuf: no data", netbuf_data(buf, &data, &len), ERR_BUF);
	memcpy(netbuf_alloc(buf, 3), "abc", 3);
	is("netbuf: refers", netbuf_ref(tail, "defgh", 5), ERR_OK);
	netbuf_chain(buf, tail);
	is("netbuf: length", netbuf_len(buf), 8);
	is("netbuf: copied", netbuf_copy(buf, out, sizeof(out)), 8);
	yes("netbuf: all of it", !memcmp(out, "abcdefgh", 8));
	netbuf_data(buf, &data, &len);
	yes("netbuf: first", len == 3 && !memcmp(data, "abc", 3));
	is("netbuf: the last one", netbuf_next(buf), 1);
	netbuf_data(buf, &data, &len);
	yes("netbuf: second", len == 5 && !memcmp(data, "defgh", 5));
	is("netbuf: no further", netbuf_next(buf), -1);
	netbuf_first(buf);
	netbuf_data(buf, &data, &len);
	is("netbuf: back", len, 3);
	netbuf_free(buf);
	yes("netbuf: freed", !buf->p);
	netbuf_delete(buf);
	netbuf_delete(NULL);
}

static unsigned int dice(void)
{
	static unsigned int state = 12345;

	state = state * 1103515245 + 12345;
	return state >> 8;
}

static unsigned long sum(unsigned long sum, const char *s)
{
	while (*s)
		sum = (sum * 31 + (unsigned char)*s++) & 0xffffffffUL;
	return sum;
}

static void addresses(void)
{
	static const struct {
		const char *text, *is;
	} texts[] = {
		{ "127.0.0.1", "127.0.0.1" }, { "1", "0.0.0.1" }, { "0x7f.1", "127.0.0.1" }, { "010.1.2.3", "8.1.2.3" }, { "1.2.65535", "1.2.255.255" },
		{ "1.65536", "1.1.0.0" }, { "1.2.3.4 ", "1.2.3.4" }, { "256.1.1.1", NULL }, { "1.2.3.4.5", NULL }, { "", NULL }, { "x", NULL },
		{ "1.2.3.4x", NULL }, { "1.2.65536", NULL }, { "::1", "::1" }, { "::", "::" }, { "fe80::1", "FE80::1" },
		{ "2001:db8:0:0:1:0:0:1", "2001:DB8::1:0:0:1" }, { "::ffff:1.2.3.4", "::FFFF:1.2.3.4" }, { "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
		{ "1:2:3:4:5:6:7:8:9", NULL }, { ":::", NULL }, { "1:2", NULL },
	};
	ip4_addr_t ip4;
	ip6_addr_t ip6;
	ip_addr_t ip, again;
	unsigned long all = 0;
	char small[8];
	unsigned int i, good = 1;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char name[64];

		snprintf(name, sizeof(name), "text: `%s`", texts[i].text);
		if (ipaddr_aton(texts[i].text, &ip))
			yes(name, texts[i].is && !strcmp(ipaddr_ntoa(&ip), texts[i].is));
		else
			yes(name, !texts[i].is);
	}
	for (i = 0; i < 20000; i++) {
		ip4.addr = dice() << 16 ^ dice();
		all = sum(all, ip4addr_ntoa(&ip4));
		good &= ip4addr_aton(ip4addr_ntoa(&ip4), ip_2_ip4(&ip)) && ip4_addr_cmp(&ip4, ip_2_ip4(&ip));
	}
	is("text: many of IPv4", all, 4006353635UL);
	for (i = 0, all = 0; i < 20000; i++) {
		unsigned int mask = dice(), n;

		for (n = 0; n < 8; n++)
			((u16_t *)ip6.addr)[n] = mask >> n & 1 ? dice() >> (dice() % 16) : 0;
		/* a single zero at the end is where the original writes no digit */
		((u16_t *)ip6.addr)[7] |= PP_HTONS(1);
		ip6_addr_clear_zone(&ip6);
		all = sum(all, ip6addr_ntoa(&ip6));
		memset(&again, 0, sizeof(again));
		good &= ip6addr_aton(ip6addr_ntoa(&ip6), ip_2_ip6(&again)) && ip6_addr_cmp(&ip6, ip_2_ip6(&again));
	}
	is("text: many of IPv6", all, 720171381UL);
	yes("text: back to addresses", good);
	yes("text: no room", !ip4addr_ntoa_r(IP4_ADDR_ANY4, small, 7) && ip4addr_ntoa_r(IP4_ADDR_ANY4, small, 8) == small);
	is("text: a number", ipaddr_addr("1.2.3.4"), PP_HTONL(0x01020304));
	is("text: no number", ipaddr_addr("x"), IPADDR_NONE);
	is("netmask", ip4_addr_netmask_valid(PP_HTONL(0xffffff00UL)), 1);
	is("no netmask", ip4_addr_netmask_valid(PP_HTONL(0xff00ff00UL)), 0);
	yes("any", ip_addr_isany(IP_ADDR_ANY) && IP_IS_V4(IP_ADDR_ANY) && IP_IS_V6(IP6_ADDR_ANY) && IP_IS_ANY_TYPE_VAL(*IP_ANY_TYPE));
	yes("kinds", ip_addr_isloopback(&loopback) && !ip_addr_ismulticast(&loopback) && ip_addr_cmp(&loopback, &loopback));
	is("broadcast", IP4_ADDR_BROADCAST->addr, 0xffffffffU);
}

static void errors(void)
{
	static const int errnos[] = { 0, ENOMEM, ENOBUFS, EWOULDBLOCK, EHOSTUNREACH, EINPROGRESS, EINVAL, EWOULDBLOCK, EADDRINUSE,
		EALREADY, EISCONN, ENOTCONN, -1, ECONNABORTED, ECONNRESET, ENOTCONN, EIO, EIO };
	char text[8], name[32];
	int i;

	for (i = 0; i < 18; i++) {
		snprintf(name, sizeof(name), "errno of %d", -i);
		is(name, err_to_errno(-i), errnos[i]);
	}
	is("errno of 1", err_to_errno(1), EIO);
	lwip_itoa(text, sizeof(text), -123);
	yes("itoa", !strcmp(text, "-123"));
	is("stricmp", lwip_stricmp("aBc", "AbC"), 0);
	is("stricmp: differs", lwip_stricmp("aBc", "AbCd") != 0, 1);
	is("strnicmp", lwip_strnicmp("aBc1", "AbC2", 3), 0);
	yes("strnstr", !strcmp(lwip_strnstr("hello", "ll", 5), "llo") && !lwip_strnstr("hello", "ll", 3));
}

int main(void)
{
	host_up();
	layouts();
	packets();
	buffers();
	addresses();
	errors();
	return lwip_failed != 0;
}
