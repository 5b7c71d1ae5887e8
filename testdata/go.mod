module github.com/edgelint/edgelint/testdata

go 1.26
