import CallboxConfiguration
import Testing

@Suite("An address to listen on")
struct ListenSettingTests {
    @Test(
        "a host and a port are read and written in the same form",
        arguments: [
            ("127.0.0.1:8787", "127.0.0.1", 8787), ("0.0.0.0:0", "0.0.0.0", 0),
            ("localhost:65535", "localhost", 65_535),
            ("[::1]:8787", "::1", 8787), ("[::]:80", "::", 80), ("[fe80::1%eth0]:80", "fe80::1%eth0", 80),
            ("callbacks.example.com:443", "callbacks.example.com", 443),
        ])
    func read(text: String, host: String, port: Int) throws {
        let setting = try #require(ListenSetting(text))
        #expect(setting == ListenSetting(host: host, port: port))
        #expect(setting.description == text)
        #expect(ListenSetting(setting.description) == setting)
    }

    @Test(
        "a string that is not a host and port is rejected",
        arguments: [
            "", ":", ":8787", "8787", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+80",
            "127.0.0.1:http", "127.0.0.1:80 ", "127.0.0.1:８０", "127.0.0.1:99999999999999999999", "::1", "::1:8787",
            "[::1]", "[::1]8787", "[::1:8787", "::1]:8787", "[]:8787", "[::1]x:80", "http://127.0.0.1:80", "a:b:80",
        ])
    func rejected(text: String) {
        #expect(ListenSetting(text) == nil)
    }

    @Test(
        "only this machine can reach a loopback address",
        arguments: ["127.0.0.1:80", "127.0.0.53:80", "127.255.255.254:80", "127.1:80", "[::1]:80", "localhost:80"])
    func loopback(text: String) throws {
        #expect(try #require(ListenSetting(text)).isLoopback)
    }

    @Test(
        "other machines may reach any other address, including names that look like loopback addresses",
        arguments: [
            "0.0.0.0:80", "[::]:80", "192.0.2.1:80", "128.0.0.1:80", "1.127.0.0:80", "[2001:db8::1]:80",
            "[::ffff:192.0.2.1]:80", "localhost.example.com:80", "127.example.com:80", "127.0.0.1.example.com:80",
        ])
    func beyond(text: String) throws {
        #expect(try #require(ListenSetting(text)).isLoopback == false)
    }
}
