package spinsuite

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"github.com/edgelint/edgelint/internal/servicetest"
)

// backendExamples are the examples that talk to servers.
func backendExamples(t *testing.T) func(generation string) []example {
	t.Helper()
	cache, pg, maria := servicetest.Redis(t), servicetest.Postgres(t), servicetest.MariaDB(t)
	fillPostgres(t, pg)
	fillMariaDB(t, maria)
	models := modelServer(t)
	return func(generation string) []example {
		return append([]example{
			redisExample(t, cache, generation),
			postgresExample(t, pg),
			mysqlExample(maria),
			mqttExample(t, generation),
			redisTriggerExample(t),
		}, modelExamples(t, models)...)
	}
}

// redisExample gives each generation a database of its own.
func redisExample(t *testing.T, server, generation string) example {
	t.Helper()
	server += map[string]string{"p2": "/1", "p3": "/2"}[generation]
	options, err := redis.ParseURL(server)
	if err != nil {
		t.Fatal(err)
	}
	return example{
		name: "redis", args: []string{"--env", "REDIS_ADDRESS=" + server},
		judge: func(s *served) error {
			without := greets(s)
			client := redis.NewClient(options)
			defer client.Close()
			if err := client.Set(t.Context(), "test", "there", 0).Err(); err != nil {
				return err
			}
			return errors.Join(without, greets(s), s.prints("redis", "None\nb'there'\n"))
		},
	}
}

func postgresExample(t *testing.T, server string) example {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	address := fmt.Sprintf("user=%s dbname=%s host=localhost port=%s sslmode=disable password=%s",
		u.User.Username(), strings.TrimPrefix(u.Path, "/"), u.Port(), password)
	return example{
		name: "postgres", args: []string{"--env", "POSTGRES_ADDRESS=" + address},
		judge: func(s *served) error {
			return s.expect("GET", "/", "",
				"200 text/plain id | name | value\n-----------------\n1 | foo | 42\n2 | bar | 100")
		},
	}
}

func mysqlExample(server string) example {
	return example{
		name: "mysql", args: []string{"--env", "MYSQL_ADDRESS=" + server},
		judge: func(s *served) error {
			return errors.Join(greets(s), s.printsOf("mysql_stdout",
				"Column(name='id'", "Column(name='name'", "Column(name='value'", "INT32", "STR",
				"[DbValue_Int32(value=1), DbValue_Str(value='foo'), DbValue_Int32(value=42)]",
				"[DbValue_Int32(value=2), DbValue_Str(value='bar'), DbValue_Int32(value=100)]"))
		},
	}
}

// printsOf is an error unless a log has each text.
func (s *served) printsOf(log string, texts ...string) error {
	data, err := os.ReadFile(filepath.Join(s.logs, log+".txt"))
	for _, text := range texts {
		if !strings.Contains(string(data), text) {
			err = cmp.Or(err, fmt.Errorf("it printed %q, without %q", data, text))
		}
	}
	return err
}

// fillMariaDB makes the table that the example expects.
func fillMariaDB(t *testing.T, server string) {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	config := mysql.NewConfig()
	config.User, config.Net, config.Addr = u.User.Username(), "tcp", u.Host
	config.DBName, config.MultiStatements = strings.TrimPrefix(u.Path, "/"), true
	connector, err := mysql.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE test (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL, "+
		"value INT NOT NULL); INSERT INTO test VALUES (1, 'foo', 42), (2, 'bar', 100)"); err != nil {
		t.Fatal(err)
	}
}

// modelExamples are the example of language models with each protocol of a server,
// and without a server.
func modelExamples(t *testing.T, server string) []example {
	t.Helper()
	var all []example
	for name, api := range map[string]string{"llm": "default", "llm-open-ai": "open_ai"} {
		config := filepath.Join(t.TempDir(), "runtime-config.toml")
		text := fmt.Sprintf("[llm_compute]\ntype = \"remote_http\"\nurl = %q\nauth_token = \"secret\"\napi_type = %q\n",
			server, api)
		if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		all = append(all, example{
			name: name, app: "llm", args: []string{"--runtime-config-file", config},
			judge: func(s *served) error {
				const usage = "InferencingUsage(prompt_token_count=3, generated_token_count=4)\n"
				return errors.Join(greets(s), s.prints("llm",
					"about tell me a joke\n"+usage+"about what is the theory of relativity\n"+usage))
			},
		})
	}
	return append(all, example{name: "llm-without-engine", app: "llm", judge: func(s *served) error {
		return errors.Join(s.expect("GET", "/", "", "500"),
			s.printsOf("llm_stderr", "Local LLM operations are not supported in this version of Spin."))
	}})
}

// modelServer is a server of language models that has something to say about any
// prompt, by either protocol.
func modelServer(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Prompt   string
			Messages []struct{ Content string }
		}
		err := json.NewDecoder(r.Body).Decode(&asked)
		if err != nil || !strings.EqualFold(r.Header.Get("Authorization"), "bearer secret") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		answer := ""
		switch r.URL.Path {
		case "/infer":
			answer = fmt.Sprintf(`{"text": %q, "usage": {"promptTokenCount": 3, "generatedTokenCount": 4}}`,
				"about "+asked.Prompt)
		case "/v1/chat/completions":
			answer = fmt.Sprintf(`{"choices": [{"message": {"role": "assistant", "content": %q}}], `+
				`"usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}`,
				"about "+asked.Messages[len(asked.Messages)-1].Content)
		}
		_, _ = io.WriteString(w, answer) // the example sees what is missing
	}))
	t.Cleanup(server.Close)
	return server.URL
}
