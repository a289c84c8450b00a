#include <stdio.h>

int main(void) {
    puts("green to starboard");
    return 0;
}
