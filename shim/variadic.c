/*
 * The printf family and open, until Rust can define a variadic function.
 *
 * Nothing here is exported: the exported names are one-jump functions in src/ffi/lws/shim.rs, so the
 * arguments arrive here untouched. Text is formatted here; what it means is decided in Rust.
 */
#define _GNU_SOURCE /* O_TMPFILE */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* src/ffi/lws/shim.rs. Hidden here keeps them out of the library's exports. */
#pragma GCC visibility push(hidden)
int netgraft_log_visible(int filter);
void netgraft_log_deliver(int filter, const char *line);
int netgraft_smd_wanted(void *context, uint32_t message_class);
int netgraft_smd_send(void *context, uint32_t message_class, const char *text, size_t len);
#pragma GCC visibility pop

/* One log line, its '\0' included. */
#define LOG_LINE 256

void netgraft_shim_lws_logv(int filter, const char *format, va_list ap)
{
	static const char cut[] = "...\n";
	char line[LOG_LINE];
	int n;

	if (!netgraft_log_visible(filter))
		return;
	if (!format)
		format = "(null format)\n";

	/* One byte short: a line that only just does not fit loses its last character without a mark. */
	n = vsnprintf(line, sizeof(line) - 1, format, ap);
	if (n < 0)
		return;
	if (n >= (int)sizeof(line))
		memcpy(line + sizeof(line) - sizeof(cut), cut, sizeof(cut));

	netgraft_log_deliver(filter, line);
}

void netgraft_shim_lws_log(int filter, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	netgraft_shim_lws_logv(filter, format, ap);
	va_end(ap);
}

int netgraft_shim_lws_snprintf(char *str, size_t size, const char *format, ...)
{
	va_list ap;
	int n;

	if (!str || !format || !size)
		return 0;

	va_start(ap, format);
	n = vsnprintf(str, size, format, ap);
	va_end(ap);

	if (n < 0) {
		str[0] = '\0';
		return 0;
	}

	return (size_t)n >= size ? (int)size : n;
}

/* The longest system message (LWS_SMD_MAX_PAYLOAD). */
#define SMD_MESSAGE 384

int netgraft_shim_lws_smd_msg_printf(void *context, uint32_t message_class, const char *format, ...)
{
	char text[SMD_MESSAGE + 1];
	va_list ap;
	int n;

	n = netgraft_smd_wanted(context, message_class);
	if (n <= 0)
		return n ? 1 : 0;
	if (!format)
		return 1;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);

	return n < 0 ? 1 : netgraft_smd_send(context, message_class, text, (size_t)n);
}

int netgraft_shim_lws_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	if (!path) {
		errno = EFAULT;
		return -1;
	}

	if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}

	return open(path, flags | O_CLOEXEC, mode);
}
