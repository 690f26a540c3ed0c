/* wsload's sockets, over TLS by OpenSSL: any certificate is good, and each handshake is a full one. */
#include <openssl/err.h>
#include <openssl/ssl.h>

#define RECORD 16384

/* -1 with errno EAGAIN where it is too early. */
static ssize_t
tls_result(struct conn *c, int r)
{
	int e = SSL_get_error(c->ssl, r);

	if (r > 0)
		return r;
	ERR_clear_error();
	if (e == SSL_ERROR_ZERO_RETURN)
		return 0;
	errno = e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? EAGAIN : EIO;
	return -1;
}

static ssize_t
put(struct conn *c, const void *p, size_t n)
{
	return tls_result(c, SSL_write(c->ssl, p, (int)n));
}

/* Takes what is there, so that nothing is left which epoll does not know of. */
static ssize_t
get(struct conn *c, void *p, size_t n)
{
	size_t got = 0;
	ssize_t r = 0;

	while (n - got >= RECORD && (r = tls_result(c, SSL_read(c->ssl, (char *)p + got, RECORD))) > 0)
		got += (size_t)r;
	return got ? (ssize_t)got : r;
}

/* Goes on with the handshake; whether it is done. */
static int
tls_connect(struct conn *c)
{
	static SSL_CTX *ctx;
	int r;

	if (!ctx) {
		ctx = SSL_CTX_new(TLS_client_method());
		if (!ctx)
			die(2, "no TLS");
		SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
		SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
		if (tls_version && !(SSL_CTX_set_min_proto_version(ctx, tls_version) && SSL_CTX_set_max_proto_version(ctx, tls_version)))
			die(2, "no such version of TLS");
	}
	if (!c->ssl) {
		c->ssl = SSL_new(ctx);
		if (!c->ssl || !SSL_set_fd(c->ssl, c->fd))
			die(2, "no memory for TLS");
	}
	r = SSL_connect(c->ssl);
	if (r != 1 && (tls_result(c, r) == 0 || errno != EAGAIN))
		die(2, "the TLS handshake has failed");
	return r == 1;
}
