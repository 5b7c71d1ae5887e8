module github.com/edgelint/edgelint

go 1.26
