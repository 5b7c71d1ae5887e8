package rules

import (
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python/flow"
)

var startsThread = callRule(lint.Rule{
	ID: "EL0414", Name: "thread", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code starts threads",
		Text: "A component has one thread: starting another raises `RuntimeError: can't start new " +
			"thread`. Executors, timers, asyncio.to_thread and run_in_executor start threads, too.",
		Bad:  "threading.Thread(target=work).start()",
		Good: "work()    # or, with an async handler, await asyncio.gather(a(), b())",
	},
}, calls{
	names: []string{
		"threading.Thread", "threading.Timer", "_thread.start_new_thread",
		"_thread.start_joinable_thread", "concurrent.futures.ThreadPoolExecutor",
		"concurrent.futures.thread.ThreadPoolExecutor", "multiprocessing.pool.ThreadPool",
		"multiprocessing.dummy.Pool", "asyncio.to_thread", "asyncio.threads.to_thread",
		"asyncio.base_events.BaseEventLoop.run_in_executor", "queue.QueueListener",
		"logging.handlers.QueueListener",
	},
	attrs:   []string{"run_in_executor"},
	raises:  []string{"RuntimeError", "NotImplementedError"},
	message: "%s needs a second thread, which a component does not have",
	help: "do the work in the handler; to wait for several things at once make the handler async " +
		"(spin-sdk 4 and later)",
})

var startsProcess = callRule(lint.Rule{
	ID: "EL0415", Name: "process", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code starts other programs",
		Text: "A component cannot start processes. subprocess and os.popen raise `OSError: [Errno 58]`; " +
			"os.fork, os.system, os.execv and os.posix_spawn do not even exist in this build of Python.",
		Bad:  "subprocess.run([\"convert\", \"in.png\", \"out.jpg\"])",
		Good: "use a library for it, or send the work to a service with spin_sdk.http.send",
	},
}, calls{
	names: []string{
		"subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_call",
		"subprocess.check_output", "subprocess.getoutput", "subprocess.getstatusoutput", "os.popen",
		"os.system", "os.fork", "os.forkpty", "os.posix_spawn", "os.posix_spawnp", "os.execv",
		"os.execve", "os.execvp", "os.execvpe", "os.execl", "os.execle", "os.execlp", "os.execlpe",
		"os.spawnl", "os.spawnle", "os.spawnlp", "os.spawnv", "os.spawnve", "os.spawnvp", "os.startfile",
		"os.wait", "os.waitpid", "pty.spawn", "pty.fork", "asyncio.create_subprocess_exec",
		"asyncio.create_subprocess_shell", "asyncio.subprocess.create_subprocess_exec",
		"asyncio.subprocess.create_subprocess_shell",
	},
	raises:  []string{"OSError", "IOError", "SubprocessError"},
	message: "%s starts a process, which a component cannot",
	help:    "do the work in Python, or send it to a service with spin_sdk.http.send",
})

var multiprocessing = callRule(lint.Rule{
	ID: "EL0416", Name: "multiprocessing", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code uses several processes",
		Text: "A component has one process and one thread. The parts of multiprocessing that start " +
			"others, or that share memory and locks with them, need modules that this build of Python " +
			"does not have.",
		Bad:  "with multiprocessing.Pool(4) as pool: pool.map(work, items)",
		Good: "list(map(work, items))",
	},
}, calls{
	names: []string{
		"concurrent.futures.ProcessPoolExecutor", "concurrent.futures.process.ProcessPoolExecutor",
	},
	packages: []string{"multiprocessing"},
	verbs: []string{
		"Pool", "Process", "Queue", "SimpleQueue", "JoinableQueue", "Manager", "Pipe", "Value", "Array",
		"RawValue", "RawArray", "Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition", "Event",
		"Barrier", "SharedMemory",
	},
	raises:  []string{"OSError", "IOError", "ImportError", "ModuleNotFoundError"},
	message: "%s needs other processes, which a component does not have",
	help:    "do the work in the handler itself, or send it to a service with spin_sdk.http.send",
	unless:  func(_ *pyJudge, u *flow.Use) bool { return u.Is("multiprocessing.pool.ThreadPool") },
})

var usesSignals = callRule(lint.Rule{
	ID: "EL0417", Name: "signal", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "The code relies on signals",
		Text: "Nothing outside can send a signal to a component: handlers never run, so neither shutdown " +
			"hooks nor timeouts by signal work. signal.alarm and os.kill do not exist in this build of " +
			"Python, and raising a signal with its default action traps.",
		Bad:  "signal.signal(signal.SIGALRM, on_timeout); signal.alarm(5)",
		Good: "let the host limit the time of a request (edgerun --timeout)",
	},
}, calls{
	names: []string{
		"signal.signal", "_signal.signal", "signal.raise_signal", "_signal.raise_signal",
		"signal.set_wakeup_fd", "_signal.set_wakeup_fd", "signal.alarm", "signal.setitimer",
		"signal.pause", "signal.sigwait", "signal.siginterrupt", "os.kill", "os.killpg",
		"signal.pthread_kill", "asyncio.events.AbstractEventLoop.add_signal_handler",
	},
	attrs:   []string{"add_signal_handler"},
	raises:  []string{"OSError", "ValueError", "NotImplementedError"},
	message: "%s relies on signals, which no one sends to a component",
	help:    "remove it; the host limits the time of a request and ends the instance itself",
})

var exits = callRule(lint.Rule{
	ID: "EL0422", Name: "exit", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "The code ends the process while it answers a request",
		Text: "sys.exit and os._exit end the component instance: the request in hand, and on WASI 0.3 all " +
			"others that the instance serves, are answered with 500. os.abort traps.",
		Bad:  "sys.exit(1)",
		Good: "return Response(500, {}, b\"...\")",
	},
}, calls{
	names: []string{
		"sys.exit", "builtins.exit", "builtins.quit", "os._exit", "posix._exit", "os.abort", "posix.abort",
		"_sitebuiltins.Quitter",
	},
	raises:  []string{"SystemExit"},
	message: "%s ends the instance, and the request with 500",
	help:    "raise an exception of your own and answer with a status",
	unless: func(_ *pyJudge, u *flow.Use) bool {
		return u.Guard.Caught("SystemExit") && !u.Is("os._exit", "os.abort")
	},
})

var blocking = callRule(lint.Rule{
	ID: "EL0419", Name: "blocking-call", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "The code waits where nothing else can run",
		Text: "time.sleep holds the whole instance: on WASI 0.3, where one instance serves up to 16 " +
			"requests at once, all of them wait. input reads from a standard input that is empty and " +
			"raises EOFError.",
		Bad:  "time.sleep(1)",
		Good: "await asyncio.sleep(1)    # in an async handler",
	},
}, calls{
	names:   []string{"time.sleep", "builtins.input"},
	raises:  []string{"EOFError"},
	message: "%s holds the instance and every request in it",
	help:    "wait with await in an async handler (spin-sdk 4 and later); read input from the request's body",
})
