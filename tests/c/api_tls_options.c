/*
 * What a program says of TLS when it makes a vhost: what cannot be used makes the creation fail, with one line in the log that names the file and
 * the reason. Then what certificates say, how old they are, and new ones while the vhost serves.
 */
#include "harness.h"

#define CERTS "target/certs/"

/* What is set in the info, by name. */
struct asked {
	const char *certificate, *key, *password;
	const char *mem_certificate, *mem_key;
	const char *ciphers, *ciphers13;
	const char *client_certificate, *client_key, *client_password, *client_ca;
	const char *client_ciphers;
	const char *ca;
	uint64_t options;
	int no_listener;
};

struct row {
	const char *what;
	struct asked asked;
	const char *line[2]; /* in the only line of the log; NULL: no line is wanted */
	int made;
};

#define TLS LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT
#define GOOD .certificate = CERTS "rsa.pem", .key = CERTS "rsa.key", .options = TLS

static const struct row table[] = {
	{ "a certificate and its key", { GOOD }, { NULL }, 1 },
	{ "ECDSA", { .certificate = CERTS "ecdsa.pem", .key = CERTS "ecdsa.key", .options = TLS }, { NULL }, 1 },
	{ "an expired certificate", { .certificate = CERTS "expired.pem", .key = CERTS "expired.key", .options = TLS }, { NULL }, 1 },
	{ "DER in files", { .certificate = CERTS "rsa.der", .key = CERTS "rsa.key.der", .options = TLS }, { NULL }, 1 },
	{ "PEM in memory", { .mem_certificate = CERTS "rsa.pem", .mem_key = CERTS "rsa.key", .options = TLS }, { NULL }, 1 },
	{ "DER in memory", { .mem_certificate = CERTS "rsa.der", .mem_key = CERTS "rsa.key.der", .options = TLS }, { NULL }, 1 },
	{ "an encrypted key", { .certificate = CERTS "rsa.pem", .key = CERTS "rsa.encrypted.key", .password = "secret", .options = TLS }, { NULL }, 1 },
	{ "a certificate without LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT", { .certificate = CERTS "rsa.pem", .key = CERTS "rsa.key" },
	  { CERTS "rsa.pem", "served in the clear" }, 1 },

	{ "no such certificate", { .certificate = CERTS "none.pem", .key = CERTS "rsa.key", .options = TLS }, { CERTS "none.pem", "No such file" }, 0 },
	{ "no such key", { .certificate = CERTS "rsa.pem", .key = CERTS "none.key", .options = TLS }, { CERTS "none.key", "No such file" }, 0 },
	{ "a directory", { .certificate = CERTS, .key = CERTS "rsa.key", .options = TLS }, { CERTS, "Is a directory" }, 0 },
	{ "no key", { .certificate = CERTS "rsa.pem", .options = TLS }, { CERTS "rsa.pem", "without a private key" }, 0 },
	{ "a key alone", { .key = CERTS "rsa.key", .options = TLS }, { CERTS "rsa.key", "without a certificate" }, 0 },
	{ "another's key", { .certificate = CERTS "a.pem", .key = CERTS "b.key", .options = TLS }, { CERTS "b.key", "not the private key" }, 0 },
	{ "another kind of key", { .certificate = CERTS "rsa.pem", .key = CERTS "a.key", .options = TLS }, { CERTS "a.key", "not the private key" }, 0 },
	{ "garbage", { .certificate = CERTS "garbage.pem", .key = CERTS "rsa.key", .options = TLS }, { CERTS "garbage.pem", "holds no certificate" }, 0 },
	{ "an empty file", { .certificate = CERTS "empty.pem", .key = CERTS "rsa.key", .options = TLS }, { CERTS "empty.pem", "holds no certificate" }, 0 },
	{ "half a certificate", { .certificate = CERTS "half.pem", .key = CERTS "rsa.key", .options = TLS }, { CERTS "half.pem", "has no end" }, 0 },
	{ "garbage for a key", { .certificate = CERTS "rsa.pem", .key = CERTS "garbage.pem", .options = TLS }, { CERTS "garbage.pem", "holds no private key" }, 0 },
	{ "the two exchanged", { .certificate = CERTS "rsa.key", .key = CERTS "rsa.pem", .options = TLS }, { CERTS "rsa.key", "holds no certificate" }, 0 },
	{ "no password", { .certificate = CERTS "rsa.pem", .key = CERTS "rsa.encrypted.key", .options = TLS }, { CERTS "rsa.encrypted.key", "no password" }, 0 },
	{ "a wrong password", { .certificate = CERTS "rsa.pem", .key = CERTS "rsa.encrypted.key", .password = "no", .options = TLS },
	  { CERTS "rsa.encrypted.key", "password is wrong" }, 0 },
	{ "garbage in memory", { .mem_certificate = CERTS "garbage.pem", .mem_key = CERTS "rsa.key", .options = TLS }, { "server_ssl_cert_mem", "holds no certificate" }, 0 },
	{ "another's key in memory", { .mem_certificate = CERTS "a.pem", .mem_key = CERTS "b.key", .options = TLS },
	  { "server_ssl_private_key_mem", "not the private key" }, 0 },
	{ "a callback for the certificate", { .options = TLS | LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX }, { "a callback is to give", "OpenSSL" }, 0 },

	{ "a list of suites", { GOOD, .ciphers = "ECDHE-RSA-AES128-GCM-SHA256:!aNULL" }, { NULL }, 1 },
	{ "suites that there are not", { GOOD, .ciphers = "AES128-SHA:RC4-MD5" }, { "AES128-SHA:RC4-MD5", "leaves no suite" }, 0 },
	{ "suites of TLS 1.3 that there are not", { GOOD, .ciphers13 = "NONSENSE" }, { "NONSENSE", "leaves no suite" }, 0 },
	{ "some that there are not", { GOOD, .ciphers = "AES128-SHA:HIGH:WHAT" }, { "AES128-SHA WHAT", "left out" }, 1 },

	{ "a missing certificate that may be missing", { .certificate = CERTS "none.pem", .key = CERTS "none.key", .options = TLS | LWS_SERVER_OPTION_IGNORE_MISSING_CERT },
	  { NULL }, 1 },
	{ "garbage instead of it", { .certificate = CERTS "garbage.pem", .key = CERTS "rsa.key", .options = TLS | LWS_SERVER_OPTION_IGNORE_MISSING_CERT },
	  { CERTS "garbage.pem", "holds no certificate" }, 0 },
	{ "authorities that cannot be read", { GOOD, .ca = CERTS "none.pem" }, { CERTS "none.pem", "No such file" }, 1 },

	{ "a client's certificate", { .client_certificate = CERTS "client.pem", .client_key = CERTS "client.encrypted.key", .client_password = "secret", .options = TLS, .no_listener = 1 },
	  { NULL }, 1 },
	{ "a client's other key", { .client_certificate = CERTS "client.pem", .client_key = CERTS "rsa.key", .options = TLS, .no_listener = 1 },
	  { CERTS "rsa.key", "not the private key" }, 0 },
	{ "a client's missing certificate", { .client_certificate = CERTS "none.pem", .client_key = CERTS "client.key", .options = TLS }, { CERTS "none.pem", "No such file" }, 0 },
	{ "a server's certificate for a client", { .certificate = CERTS "none.pem", .key = CERTS "rsa.key", .options = TLS, .no_listener = 1 },
	  { CERTS "none.pem", "No such file" }, 0 },
	{ "a server's certificate in memory, for a client", { .mem_certificate = CERTS "garbage.pem", .mem_key = CERTS "rsa.key", .options = TLS, .no_listener = 1 },
	  { NULL }, 1 },
	{ "a client's certificate that may be missing", { .client_certificate = CERTS "none.pem", .client_key = CERTS "none.key",
							    .options = TLS | LWS_SERVER_OPTION_IGNORE_MISSING_CERT, .no_listener = 1 },
	  { NULL }, 1 },
	{ "a client's authorities that cannot be read", { .client_ca = CERTS "garbage.pem", .options = TLS, .no_listener = 1 },
	  { CERTS "garbage.pem", "nobody is trusted" }, 1 },
	{ "a client's suites that there are not", { .client_ciphers = "NONSENSE", .options = TLS, .no_listener = 1 }, { "NONSENSE", "leaves no suite" }, 0 },
};

static int ageings, last_days, about_right;
static struct lws_vhost *aged;

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)user;
	if (reason == LWS_CALLBACK_VHOST_CERT_AGING) {
		const struct lws_acme_cert_aging_args *args = in;

		ageings++;
		last_days = (int)(ssize_t)len;
		about_right = args->vh == aged && !args->element_overrides[0] && lws_get_vhost(wsi);
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "one", callback, 0, 0, 0, NULL, 0 },
	{ "two", callback, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static char memory[2][65536];

static unsigned int
load(const char *file, char *place)
{
	FILE *f = fopen(file, "rb");
	size_t n = f ? fread(place, 1, sizeof memory[0], f) : 0;

	if (f)
		fclose(f);
	return (unsigned int)n;
}

static struct lws_context_creation_info
filled(const struct asked *asked)
{
	struct lws_context_creation_info info = settings(protocols);

	info.ssl_cert_filepath = asked->certificate;
	info.ssl_private_key_filepath = asked->key;
	info.ssl_private_key_password = asked->password;
	info.ssl_ca_filepath = asked->ca;
	info.ssl_cipher_list = asked->ciphers;
	info.tls1_3_plus_cipher_list = asked->ciphers13;
	info.client_ssl_cert_filepath = asked->client_certificate;
	info.client_ssl_private_key_filepath = asked->client_key;
	info.client_ssl_private_key_password = asked->client_password;
	info.client_ssl_ca_filepath = asked->client_ca;
	info.client_ssl_cipher_list = asked->client_ciphers;
	info.options |= asked->options;
	if (asked->mem_certificate) {
		info.server_ssl_cert_mem = memory[0];
		info.server_ssl_cert_mem_len = load(asked->mem_certificate, memory[0]);
		info.server_ssl_private_key_mem = memory[1];
		info.server_ssl_private_key_mem_len = load(asked->mem_key, memory[1]);
	}
	if (asked->no_listener)
		info.port = CONTEXT_PORT_NO_LISTEN;
	return info;
}

static void
test_row(const struct row *row)
{
	struct lws_context_creation_info info = filled(&row->asked);
	struct lws_context_creation_info empty = settings(protocols);
	struct lws_vhost *vhost;
	int told;

	log_lines = 0;
	cx = lws_create_context(&info);
	told = row->line[0] ? log_lines == 1 && strstr(log_last, row->line[0]) && strstr(log_last, row->line[1]) : !log_lines;
	check(!cx == !row->made && told, "%s: the context%s%s", row->what, told ? "" : "; the log says: ", told ? "" : log_last);
	if (cx)
		stop();

	/* a vhost that fails leaves the context as it is */
	empty.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS | row->asked.options;
	cx = lws_create_context(&empty);
	log_lines = 0;
	vhost = cx ? lws_create_vhost(cx, &info) : NULL;
	check(cx && !vhost == !row->made && log_lines == !!row->line[0], "%s: the vhost", row->what);
	if (cx)
		stop();
}

static void
turns(void)
{
	int i;

	for (i = 0; i < 4; i++) {
		lws_cancel_service(cx);
		lws_service(cx, 0);
	}
}

static long
valid_to(struct lws_vhost *vhost)
{
	union lws_tls_cert_info_results results;

	return lws_tls_vhost_cert_info(vhost, LWS_TLS_CERT_INFO_VALIDITY_TO, &results, 0) ? -1 : (long)results.time;
}

static void
copy(const char *from, const char *to)
{
	char command[256];

	lws_snprintf(command, sizeof command, "cp " CERTS "%s target/certs.%s", from, to);
	check(!system(command), "copied %s", from);
}

#define NOW_PEM "target/certs.now.pem"
#define NOW_KEY "target/certs.now.key"

static void
test_change(void)
{
	struct lws_context_creation_info info = filled(&(const struct asked){ GOOD });
	union lws_tls_cert_info_results results;
	struct lws_vhost *vhost;
	unsigned int sizes[2];
	long first;

	copy("rsa.pem", "now.pem");
	copy("rsa.key", "now.key");
	info.ssl_cert_filepath = NOW_PEM;
	info.ssl_private_key_filepath = NOW_KEY;
	start(info);
	aged = vhost = lws_get_vhost_by_name(cx, "default");
	ageings = 0;
	turns();
	check(ageings == 2 && about_right && last_days > 8000, "every protocol hears of the age: %d, %d days", ageings, last_days);
	turns();
	check(ageings == 2, "not again the same day");
	first = valid_to(vhost);
	check(first > time(NULL), "what the certificate says of its time: %ld", first);
	check(!lws_tls_vhost_cert_info(vhost, LWS_TLS_CERT_INFO_COMMON_NAME, &results, sizeof results.ns.name) &&
		      !strcmp(results.ns.name, "localhost") && results.ns.len == 9,
	      "its name");
	check(!lws_tls_vhost_cert_info(vhost, LWS_TLS_CERT_INFO_COMMON_NAME, &results, 5) && !strcmp(results.ns.name, "loca"),
	      "its name where there is little room");
	check(lws_tls_vhost_cert_info(vhost, LWS_TLS_CERT_INFO_VERIFIED, &results, 0) == -1, "nobody has verified it");

	copy("soon.pem", "now.pem");
	copy("soon.key", "now.key");
	turns();
	check(valid_to(vhost) == first, "new files by themselves change nothing");
	check(!lws_tls_cert_updated(cx, "other.pem", "other.key", NULL, 0, NULL, 0) && valid_to(vhost) == first, "nor do others");
	check(!lws_tls_cert_updated(cx, NOW_PEM, NOW_KEY, NULL, 0, NULL, 0) && valid_to(vhost) < first, "its own are read when it is told");
	copy("garbage.pem", "now.pem");
	log_lines = 0;
	first = valid_to(vhost);
	check(lws_tls_cert_updated(cx, NOW_PEM, NOW_KEY, NULL, 0, NULL, 0) == -1 && log_lines == 1 && strstr(log_last, NOW_PEM) &&
		      valid_to(vhost) == first,
	      "what cannot be used changes nothing");
	unlink(NOW_PEM);
	sizes[0] = load(CERTS "ecdsa.der", memory[0]);
	sizes[1] = load(CERTS "ecdsa.key.der", memory[1]);
	check(!lws_tls_cert_updated(cx, NOW_PEM, NOW_KEY, memory[0], sizes[0], memory[1], sizes[1]) && valid_to(vhost) > first,
	      "memory stands in for a file that is not there");
	check(lws_tls_cert_updated(cx, NULL, NULL, NULL, 0, NULL, 0) == -1, "no names");
	stop();
}

static void
test_missing(void)
{
	static const struct asked asked = { .certificate = NOW_PEM, .key = NOW_KEY,
					    .options = TLS | LWS_SERVER_OPTION_IGNORE_MISSING_CERT };
	struct lws_vhost *vhost;

	unlink(NOW_PEM);
	start(filled(&asked));
	aged = vhost = lws_get_vhost_by_name(cx, "default");
	ageings = 0;
	turns();
	check(ageings == 2 && !last_days && valid_to(vhost) == -1, "the age of none is 0 days");
	copy("ecdsa.pem", "now.pem");
	copy("ecdsa.key", "now.key");
	check(!lws_tls_cert_updated(cx, NOW_PEM, NOW_KEY, NULL, 0, NULL, 0) && valid_to(vhost) > 0, "when it is there it is taken");
	stop();
	unlink(NOW_PEM);
	unlink(NOW_KEY);
}

static void
test_client(void)
{
	struct lws_context_creation_info info = settings(protocols);
	struct lws_vhost *vhost;

	start(info);
	turns();
	check(!ageings || ageings == 2, "a plain vhost has no certificate whose age could be told");
	vhost = lws_get_vhost_by_name(cx, "default");
	info = filled(&(const struct asked){ .client_ca = CERTS "ca.pem", .client_certificate = CERTS "client.pem", .client_key = CERTS "client.key" });
	check(!lws_init_vhost_client_ssl(&info, vhost), "a plain vhost may be made ready for clients");
	info.client_ssl_private_key_filepath = CERTS "rsa.key";
	log_lines = 0;
	check(lws_init_vhost_client_ssl(&info, vhost) == 1 && log_lines == 1 && strstr(log_last, CERTS "rsa.key"), "not with another's key");
	check(lws_init_vhost_client_ssl(NULL, vhost) == 1 && lws_init_vhost_client_ssl(&info, NULL) == 1, "nor without arguments");
	info = filled(&(const struct asked){ GOOD });
	info.provided_client_ssl_ctx = (void *)&info;
	log_lines = 0;
	check(lws_init_vhost_client_ssl(&info, vhost) == 1 && strstr(log_last, "provided_client_ssl_ctx"), "nor with an object of OpenSSL's");
	check(valid_to(vhost) == -1, "it has no certificate of its own");
	stop();
}

int
main(void)
{
	unsigned int i;

	begin(60);
	check(!system("bash tests/certs/make.sh " CERTS), "certificates are made");
	for (i = 0; i < LWS_ARRAY_SIZE(table); i++)
		test_row(&table[i]);
	test_change();
	test_missing();
	test_client();
	return finish();
}
