#include <stdio.h>
#include <unistd.h>

int main(void)
{
	FILE *state = fopen("/var/lib/tally/state", "w");
	FILE *settings = fopen("/etc/tally/tally.conf", "r");
	char line[64] = "none\n";

	if (settings && !fgets(line, sizeof line, settings))
		return 1;
	printf("user %d, state %s, settings %s", (int)getuid(), state ? "kept" : "lost", line);
	return 0;
}
