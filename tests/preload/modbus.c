/*
 * A Modbus server that waits with select, as libmodbus' own example does, and clients in threads; then the server's listener is closed by
 * another thread, in the way a device does that is switched off.
 *
 * Prints what the clients read. Links with libmodbus.
 */
#include "common.h"
#include <modbus/modbus.h>

#define CLIENTS 4
#define ROUNDS 50

static int port;

static void *client(void *arg)
{
	modbus_t *modbus = modbus_new_tcp("127.0.0.1", port);
	long sum = 0, id = (long)arg;
	uint16_t registers[10];
	int round, i;

	must(modbus && !modbus_connect(modbus), "modbus_connect");
	for (round = 0; round < ROUNDS; round++) {
		must(modbus_write_register(modbus, id, round) == 1, "modbus_write_register");
		must(modbus_read_registers(modbus, id, 1, registers) == 1 && registers[0] == round, "modbus_read_registers");
		must(modbus_read_registers(modbus, 20, 10, registers) == 10, "modbus_read_registers");
		for (i = 0; i < 10; i++)
			sum += registers[i];
	}
	modbus_close(modbus);
	modbus_free(modbus);

	return (void *)sum;
}

static void *clients(void *arg)
{
	pthread_t ids[CLIENTS];
	long i;

	for (i = 0; i < CLIENTS; i++)
		pthread_create(&ids[i], NULL, client, (void *)i);
	for (i = 0; i < CLIENTS; i++) {
		void *sum;

		pthread_join(ids[i], &sum);
		printf("client %ld: %ld\n", i, (long)sum);
	}
	__atomic_store_n((int *)arg, 1, __ATOMIC_SEQ_CST);

	return NULL;
}

int main(void)
{
	modbus_t *modbus = modbus_new_tcp("127.0.0.1", 0);
	modbus_mapping_t *mapping = modbus_mapping_new(10, 10, 40, 10);
	int listening, highest, done = 0, fd, i, served = 0;
	fd_set all;
	pthread_t id;

	alarm(30);
	must(modbus && mapping, "modbus_new_tcp");
	listening = listener(CLIENTS);
	port = ntohs(name_of(listening).sin_port);
	for (i = 0; i < 10; i++)
		mapping->tab_registers[20 + i] = i;
	pthread_create(&id, NULL, clients, &done);
	FD_ZERO(&all);
	FD_SET(listening, &all);
	highest = listening;
	while (!__atomic_load_n(&done, __ATOMIC_SEQ_CST)) {
		struct timeval time = { 0, 100000 };
		fd_set ready = all;

		must(select(highest + 1, &ready, NULL, NULL, &time) >= 0, "select");
		for (fd = 0; fd <= highest; fd++) {
			uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
			int length;

			if (!FD_ISSET(fd, &ready))
				continue;
			if (fd == listening) {
				int accepted = accept(listening, NULL, NULL);

				must(accepted >= 0, "accept");
				FD_SET(accepted, &all);
				highest = accepted > highest ? accepted : highest;
				continue;
			}
			modbus_set_socket(modbus, fd);
			length = modbus_receive(modbus, query);
			if (length > 0) {
				modbus_reply(modbus, query, length, mapping);
				served++;
			} else if (length < 0) {
				close(fd);
				FD_CLR(fd, &all);
			}
		}
	}
	pthread_join(id, NULL);
	printf("served %d\n", served);
	modbus_mapping_free(mapping);
	modbus_free(modbus);

	return 0;
}
