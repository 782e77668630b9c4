from agents.analysis.exceptions import Owned, owner

JAVA = """pool wait
java.lang.RuntimeException: wrapped
\tat org.springframework.web.Foo.bar(Foo.java:10)
\tat com.acme.shop.Cart.add(Cart.java:42)
Caused by: java.sql.SQLTransientConnectionException: Connection is not available
\tat com.zaxxer.hikari.pool.HikariPool.create(HikariPool.java:696)
\tat com.acme.shop.db.Orders.find(Orders.java:88)
"""


def test_a_java_chain_belongs_to_the_own_frame_below_its_root_cause() -> None:
    assert owner(JAVA) == Owned(
        "java.sql.SQLTransientConnectionException", "com.acme.shop.db.Orders.find (Orders.java:88)"
    )


def test_escaped_line_ends_are_line_ends() -> None:
    assert owner(JAVA.replace("\n", "\\n").replace("\t", "\\t")) == owner(JAVA)


def test_a_python_traceback_belongs_to_its_last_own_frame() -> None:
    text = (
        'Traceback (most recent call last):\n  File "/app/main.py", line 3, in run\n    pay()\n'
        '  File "/app/pay.py", line 77, in charge\n    post()\n'
        '  File "/usr/lib/python3.11/site-packages/requests/api.py", line 59, in request\n'
        "requests.exceptions.ConnectionError: refused\n"
    )
    assert owner(text) == Owned("requests.exceptions.ConnectionError", "charge (pay.py:77)")


def test_a_go_panic_belongs_to_the_first_frame_outside_the_runtime() -> None:
    text = (
        "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\n"
        "net/http.HandlerFunc.ServeHTTP(0x1)\n\t/usr/local/go/src/net/http/server.go:2042 +0x44\n"
        "main.(*Server).handle(0xc000, 0x1)\n\t/app/server.go:55 +0x1d\n"
    )
    assert owner(text) == Owned("panic: runtime error: index out of range", "main.(*Server).handle (server.go:55)")


def test_a_node_error_belongs_to_a_frame_outside_node_modules() -> None:
    text = (
        "TypeError: Cannot read properties of undefined\n    at node:internal/process/task_queues:95:5\n"
        "    at next (/app/node_modules/express/lib/router.js:47:12)\n    at async Cart.load (/app/src/cart.js:33:19)\n"
    )
    assert owner(text) == Owned("TypeError", "Cart.load (cart.js:33)")


def test_a_dotnet_exception_belongs_to_the_own_frame() -> None:
    text = (
        "System.NullReferenceException: Object reference not set\n"
        "   at System.Linq.Enumerable.First(IEnumerable`1 source) in /_/src/First.cs:line 10\n"
        "   at Acme.Cart.Load(String id) in /src/Cart.cs:line 31\n"
    )
    assert owner(text) == Owned("System.NullReferenceException", "Acme.Cart.Load (Cart.cs:31)")


def test_a_logger_that_names_class_and_line_names_the_frame() -> None:
    assert owner("ERROR f.m.s.BasicService#415 [routes] failed").frame == "f.m.s.BasicService#415"
    assert owner("nothing of the kind") == Owned(None, None)
