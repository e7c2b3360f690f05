/*
 * Runs one program and says what it took: measure FD PROGRAM [ARGUMENT...]
 *
 * Writes one line to file descriptor FD, which the program does not get: nanoseconds of the clock from
 * before the start to after the end; microseconds of processor time in user and in system; peak memory
 * in KiB; minor page faults; exit status (128 + signal for one that was killed). Processor time, memory
 * and faults are those of the program and of all its descendants that were waited for.
 *
 * A program of its own because Linux counts the memory of whoever starts a program into that program's
 * peak (getrusage(2), ru_maxrss survives execve): started from Python nothing would ever show less than
 * Python has. This one has about one MiB.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long nanoseconds(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long microseconds(struct timeval time) { return time.tv_sec * 1000000LL + time.tv_usec; }

int main(int count, char **arguments) {
	if (count < 3) {
		fprintf(stderr, "usage: measure FD PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	int out = atoi(arguments[1]);
	fcntl(out, F_SETFD, FD_CLOEXEC);
	/*
	 * Before whatever else the machine does, where that is allowed (it mostly wants root); what is measured
	 * inherits it. Real time, because niceness counts within a session alone where the kernel groups
	 * processes by session (sched(7), autogroup).
	 */
	struct sched_param lowest = {.sched_priority = 1};
	sched_setscheduler(0, SCHED_RR, &lowest);

	pid_t child;
	struct rusage used;
	int status;
	long long began = nanoseconds();
	int error = posix_spawnp(&child, arguments[2], NULL, NULL, arguments + 2, environ);
	if (error != 0) {
		fprintf(stderr, "measure: %s: %s\n", arguments[2], strerror(error));
		return 2;
	}
	while (wait4(child, &status, 0, &used) < 0)
		if (errno != EINTR)
			return 2;
	long long ended = nanoseconds();

	dprintf(out, "%lld %lld %lld %ld %ld %d\n", ended - began, microseconds(used.ru_utime),
		microseconds(used.ru_stime), used.ru_maxrss, used.ru_minflt,
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
