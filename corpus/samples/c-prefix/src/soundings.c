#include <stdio.h>

#include "mean.h"

int main(int argc, char **argv) {
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!file) {
        fputs("no soundings\n", stderr);
        return 1;
    }
    double values[256];
    int count = 0;
    while (count < 256 && fscanf(file, "%lf", &values[count]) == 1)
        count++;
    fclose(file);
    printf("%d soundings, mean %.2f m\n", count, mean(values, count));
    return 0;
}
