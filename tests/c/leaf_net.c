/* Numeric addresses and interface names. */
#include <libwebsockets.h>
#include <arpa/inet.h>
#include <net/if.h>
#include "leaf.h"

static void interface(int ipv6, const char *name)
{
	union {
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} sa;
	int n;

	memset(&sa, 0, sizeof(sa));
	n = lws_interface_to_sa(ipv6, name, &sa.v4, ipv6 ? sizeof(sa.v6) : sizeof(sa.v4));
	printf("interface %d %s: %d ", ipv6, name, n);
	/* the address alone: the original leaves the family unset in most cases */
	if (!n && ipv6)
		show_bytes(&sa.v6.sin6_addr, 16);
	if (!n && !ipv6)
		show_bytes(&sa.v4.sin_addr, 4);
	printf("\n");
}

int main(void)
{
	static const char *const ads[] = {
		"", "1.2.3.4", "1.2.3", "1.2.3.4.5", "256.1.1.1", "0.0.0.0", "255.255.255.255", "01.2.3.4", "001.2.3.4",
		" 1.2.3.4", "1.2.3.4 ", "1.2.3.4x", "1..2.3", "1.2.3.-4", "1.2.3.", "+1.2.3.4", "0x1.2.3.4", "1.2.3.0004",
		"::", "::1", "1::", "2001:db8::1", "2001:db8:0:0:0:0:0:1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9", "::ffff:1.2.3.4", "::ffff:1.2.3", "::ffff:256.1.1.1", ":::", "g::", "12345::", "::1%lo",
		"fe80::", ":1", "1:", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1", "1:2:3:4::5:6:7:8", "[::1]", "localhost", ".", ":",
	};
	static const char *const outs[] = {
		"1.2.3.4", "0.0.0.0", "255.255.255.255", "::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8",
		"::ffff:1.2.3.4", "::1.2.3.4", "1:0:0:2:0:0:0:3", "1:0:0:2:0:0:3:4", "1:0:2:3:4:5:6:7", "0:1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:0", "1:2:3:4:5:6:0:0", "fe80::abcd:1", "0:0:1::", "::ffff:0:1.2.3.4", "2001:db8::1:0:0:1",
		"::2:0", "::fffe:1.2.3.4", "0:0:0:0:1:ffff:1.2.3.4", "abcd:ef01:2345:6789:abcd:ef01:2345:6789",
	};
	struct if_nameindex *names = if_nameindex();
	unsigned char bytes[16];
	int i, n;

	for (i = 0; i < (int)LWS_ARRAY_SIZE(ads); i++) {
		memset(bytes, 0, sizeof(bytes));
		n = lws_parse_numeric_address(ads[i], bytes, sizeof(bytes));
		printf("parse %s: %d ", ads[i], n < 0 ? -1 : n);
		if (n > 0)
			show_bytes(bytes, (size_t)n);
		printf("\n");
	}
	for (i = 0; i < 18; i++) {
		n = lws_parse_numeric_address("1.2.3.4", (uint8_t *)fresh(), (size_t)i);
		printf("parse room %d: %d", i, n < 0 ? -1 : n);
		n = lws_parse_numeric_address("::1", (uint8_t *)fresh(), (size_t)i);
		printf(" %d\n", n < 0 ? -1 : n);
	}

	for (i = 0; i < (int)LWS_ARRAY_SIZE(outs); i++) {
		int v6 = !!strchr(outs[i], ':');

		inet_pton(v6 ? AF_INET6 : AF_INET, outs[i], bytes);
		n = lws_write_numeric_address(bytes, v6 ? 16 : 4, fresh(), 64);
		printf("write %s: %d %s\n", outs[i], n, leaf_out);
	}
	for (i = 0; i < 2000; i++) {
		for (n = 0; n < 16; n++)
			bytes[n] = leaf_random() % 3 ? 0 : (unsigned char)leaf_random();
		n = lws_write_numeric_address(bytes, 16, fresh(), 64);
		printf("write %d %s\n", n, leaf_out);
	}
	for (i = 0; i < 20; i++)
		if (i != 4 && i != 16)
			printf("write size %d: %d\n", i, lws_write_numeric_address(bytes, i, fresh(), 64));

	for (i = 0; i < 2; i++) {
		struct if_nameindex *name;

		for (name = names; name && name->if_name; name++)
			interface(i, name->if_name);
		interface(i, "nonexistent0");
		interface(i, "");
		interface(i, "localhost");
		interface(i, "999.1.1.1");
	}
	interface(0, "127.0.0.1");
	interface(0, "0.0.0.0");
	interface(0, "1.2.3.4");
	interface(1, "::1");
	interface(1, "::");
	interface(1, "2001:db8::1");
	if_freenameindex(names);

	return 0;
}
