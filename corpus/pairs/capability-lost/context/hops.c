/* Counts hops with raw packets where it may: it takes up the capability that its file was given. */
#include <linux/capability.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct sets[2];

	if (syscall(SYS_capget, &header, sets) == 0) {
		sets[0].effective = sets[0].permitted;
		syscall(SYS_capset, &header, sets);
	}
	puts(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) < 0 ? "hops: guessed" : "hops: counted");
	return 0;
}
