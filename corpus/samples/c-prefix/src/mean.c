#include "mean.h"

double mean(const double *values, int count) {
    double sum = 0;
#pragma omp parallel for reduction(+ : sum)
    for (int i = 0; i < count; i++)
        sum += values[i];
    return count ? sum / count : 0;
}
