// Command opening prints when the shop in Paris opens.
package main

import (
	"fmt"
	"time"
)

func main() {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		zone = time.UTC
	}
	fmt.Println(time.Unix(1719817200, 0).In(zone).Format("15:04"))
}
