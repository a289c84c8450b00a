// Command dial prints its settings.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("station:", os.Getenv("STATION"))
}
