/*
 * no_ipv6 COMMAND [ARG ...]: runs COMMAND in a process where socket(AF_INET6, ...)
 * fails with EAFNOSUPPORT, as on a kernel built without IPv6.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* the low half of the first argument: AF_* fits into it */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FAMILY offsetof(struct seccomp_data, args[0])
#else
#define FAMILY (offsetof(struct seccomp_data, args[0]) + 4)
#endif

int
main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FAMILY),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof filter / sizeof *filter, filter };

	if (argc < 2) {
		fprintf(stderr, "usage: no_ipv6 COMMAND [ARG ...]\n");
		return 2;
	}
	/* without new privileges no root is needed for a filter */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog)) {
		perror("no_ipv6: seccomp");
		return 1;
	}
	if (socket(AF_INET6, SOCK_STREAM, 0) != -1 || errno != EAFNOSUPPORT) {
		fprintf(stderr, "no_ipv6: the filter has no effect\n");
		return 1;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
