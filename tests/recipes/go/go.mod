module example.com/speech

go 1.19
