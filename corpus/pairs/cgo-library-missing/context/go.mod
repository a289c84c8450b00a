module example.com/notice

go 1.24
