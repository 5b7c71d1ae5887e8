package spinsuite

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/redis/go-redis/v9"

	"github.com/edgelint/edgelint/internal/servicetest"
)

// messageTimeout is how long a message may take to arrive.
const messageTimeout = 30 * time.Second

// mqttExample publishes to a broker of its own, at which the test listens.
func mqttExample(t *testing.T, generation string) example {
	t.Helper()
	broker := servicetest.Mosquitto(t)
	messages := make(chan mqtt.Message, 1)
	options := mqtt.NewClientOptions().AddBroker(strings.Replace(broker, "mqtt:", "tcp:", 1)).
		SetClientID("listener").SetUsername(servicetest.User).SetPassword(servicetest.Password)
	listener := mqtt.NewClient(options)
	token := listener.Connect()
	if token.Wait() && token.Error() == nil {
		token = listener.Subscribe("telemetry", 2, func(_ mqtt.Client, m mqtt.Message) { messages <- m })
	}
	if token.Wait() && token.Error() != nil {
		t.Fatal(token.Error())
	}
	t.Cleanup(func() { listener.Disconnect(0) })
	return example{
		name: "mqtt", args: []string{"--env", "MQTT_ADDRESS=" + broker + "?client_id=" + generation},
		judge: func(s *served) error {
			err := s.expect("GET", "/", "", "200 text/plain Sent outbound mqtt message!")
			select {
			case m := <-messages:
				if string(m.Payload()) != "Eureka!" || m.Qos() != 1 || m.Retained() {
					err = errors.Join(err, fmt.Errorf("the broker got %q, quality %d, retained: %v",
						m.Payload(), m.Qos(), m.Retained()))
				}
			case <-time.After(messageTimeout):
				err = errors.Join(err, errors.New("the broker got no message"))
			}
			return err
		},
	}
}

// redisTriggerExample gets messages from a server of its own.
func redisTriggerExample(t *testing.T) example {
	t.Helper()
	server := servicetest.Redis(t)
	options, err := redis.ParseURL(server)
	if err != nil {
		t.Fatal(err)
	}
	return example{
		name: "redis-trigger", edit: strings.NewReplacer("redis://localhost:6379", server),
		judge: func(s *served) error {
			client := redis.NewClient(options)
			defer client.Close()
			for _, message := range []string{"hi", "two"} {
				listeners, err := client.Publish(t.Context(), "messages", message).Result()
				if err != nil || listeners != 1 {
					return fmt.Errorf("the message went to %d listeners: %v", listeners, err)
				}
			}
			const want = "b'hi'\nb'two'\n"
			for deadline := time.Now().Add(messageTimeout); ; time.Sleep(10 * time.Millisecond) {
				if err := s.prints("redis-trigger", want); err == nil || time.Now().After(deadline) {
					return err
				}
			}
		},
	}
}
