/*
 * The peers of the reads. libploop, called as goploop calls it, on a descriptor that is opened once; and the tool,
 * started for each answer, as goploop-cli does.
 *
 *   libploop serve DESCRIPTOR   answers lines "CALL COUNT" with the microseconds of one call, or with "failed CODE"
 *   libploop hold LOCKFILE MS   holds the lock of a disk; says "held" when it has it
 */
#include <errno.h>
#include <fcntl.h>
#include <ploop/libploop.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static struct ploop_disk_images_data *disk;
static const char *descriptor;

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int top_delta(void)
{
	char path[4096];

	return ploop_get_top_delta_fname(disk, path, sizeof(path));
}

static int image_info(void)
{
	struct ploop_spec spec;

	return ploop_get_spec(disk, &spec);
}

static int is_mounted(void)
{
	return ploop_is_mounted(disk);
}

static int fs_info(void)
{
	struct ploop_info info;

	return ploop_get_info_by_descr(descriptor, &info);
}

/* Starts the tool, reads all it prints, and waits for its end. */
static int run(const char *subcommand, const char *option)
{
	const char *argv[] = { "ploop", "-v-1", subcommand, option ? option : descriptor,
			       option ? descriptor : NULL, NULL };
	posix_spawn_file_actions_t actions;
	char output[65536];
	int pipes[2], status;
	pid_t child;

	if (pipe(pipes))
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
	posix_spawn_file_actions_addclose(&actions, pipes[0]);
	posix_spawn_file_actions_addclose(&actions, pipes[1]);
	if (posix_spawnp(&child, "ploop", &actions, NULL, (char **)argv, environ))
		return -1;
	posix_spawn_file_actions_destroy(&actions);
	close(pipes[1]);
	while (read(pipes[0], output, sizeof(output)) > 0)
		;
	close(pipes[0]);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int tool_top_delta(void)
{
	return run("snapshot-list", NULL);
}

static int tool_image_info(void)
{
	return run("info", "-s");
}

static int tool_is_mounted(void)
{
	return run("info", "-d");
}

static int tool_fs_info(void)
{
	return run("info", NULL);
}

static const struct {
	const char *name;
	int (*call)(void);
} calls[] = {
	{ "libploop:topDelta", top_delta },   { "libploop:imageInfo", image_info },
	{ "libploop:isMounted", is_mounted }, { "libploop:fsInfo", fs_info },
	{ "tool:topDelta", tool_top_delta },  { "tool:imageInfo", tool_image_info },
	{ "tool:isMounted", tool_is_mounted }, { "tool:fsInfo", tool_fs_info },
};

static void answer(const char *name, int count)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		double start;
		int code = 0;

		if (strcmp(calls[i].name, name))
			continue;
		start = microseconds();
		for (int n = 0; n < count && code == 0; n++)
			code = calls[i].call();
		if (code)
			printf("failed %d\n", code);
		else
			printf("%f\n", (microseconds() - start) / count);
		return;
	}
	printf("failed unknown\n");
}

static int serve(void)
{
	char line[256], name[64];
	int count;

	ploop_set_verbose_level(PLOOP_LOG_NOCONSOLE);
	if (ploop_open_dd(&disk, descriptor))
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%63s %d", name, &count) != 2)
			return 1;
		answer(name, count);
		fflush(stdout);
	}
	ploop_close_dd(disk);
	return 0;
}

static int hold(const char *path, int milliseconds)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || flock(fd, LOCK_EX))
		return 1;
	puts("held");
	fflush(stdout);
	usleep(milliseconds * 1000);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "serve")) {
		descriptor = argv[2];
		return serve();
	}
	if (argc == 4 && !strcmp(argv[1], "hold"))
		return hold(argv[2], atoi(argv[3]));
	return 2;
}
