import Deliveries
import Foundation
import Synchronization
import TestKit
import Testing

@testable import OutboundHTTP

@Suite("The guarded HTTP client", .offPool)
struct OutboundClientTests {
    /// A time-out that no test reaches, so any earlier failure has another cause.
    private static let long: Duration = .seconds(60)

    private static func get(
        _ url: String, _ client: OutboundClient = OutboundClient(.named), timeout: Duration = long,
        rules: AddressRules? = nil
    ) async throws -> String {
        let response = try await client.send(
            OutboundRequest("GET", url), rules: rules, timeout: timeout, reading: .whole(byteCountLimit: 1 << 16))
        return "\(response.status) \(String(decoding: response.body, as: UTF8.self))"
    }

    private static func failure(
        _ url: String, _ client: OutboundClient = OutboundClient(.named), timeout: Duration = long,
        rules: AddressRules? = nil
    ) async -> OutboundFailure? {
        do {
            _ = try await get(url, client, timeout: timeout, rules: rules)
            return nil
        } catch {
            return error as? OutboundFailure
        }
    }

    private static func ok(_ text: String = "ok") throws -> RawReceiver {
        try RawReceiver(head: "HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)", .closed)
    }

    @Test("the body and header values are sent byte for byte, even if they are not UTF-8")
    func exactHeader() async throws {
        let receiver = try Self.ok()
        let value: [UInt8] = [0x53, 0xe3, 0x6f, 0x20, 0xc3, 0xa3]
        let body = Array(HeaderValue.text(value).utf8)
        let request = OutboundRequest(
            "POST", "http://127.0.0.1:\(receiver.port)/", headers: [HeaderField("X", HeaderValue.text(value))],
            body: body)
        _ = try await OutboundClient(.named).send(request, timeout: Self.long, reading: .start(byteCount: 2))
        #expect(receiver.requestBytes.firstRange(of: Array("\r\nX: ".utf8) + value + Array("\r\n".utf8)) != nil)
        #expect(receiver.requestBytes.suffix(body.count) == body[...])
    }

    /// A resolver that counts lookups. Returns one list after another, and then repeats the last list.
    private final class Names: Sendable {
        private let state: Mutex<(answers: [[String]], count: Int)>

        init(_ answers: [String]...) {
            state = Mutex((answers, 0))
        }

        var count: Int { state.withLock { $0.count } }

        var resolver: HostResolver {
            HostResolver { _ in
                self.state.withLock { state in
                    let answer = state.answers[min(state.count, state.answers.count - 1)]
                    state.count += 1
                    return answer.compactMap { NetworkAddress($0) }
                }
            }
        }
    }

    // MARK: Addresses

    @Test(
        "a link-local address is rejected in every notation",
        arguments: [
            "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "0xa9.254.43518",
            "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[fe80::1]", "[fe80::1%25lo]",
        ])
    func forms(host: String) async {
        guard case .rejectedAddress(_, .linkLocal) = await Self.failure("http://\(host)/latest/meta-data/") else {
            Issue.record("not rejected")
            return
        }
    }

    @Test("the unspecified address is rejected in every notation", arguments: ["0", "0.0.0.0", "[::]", "0x0"])
    func zero(host: String) async {
        guard case .rejectedAddress(_, .reserved) = await Self.failure("http://\(host):1/") else {
            Issue.record("not rejected")
            return
        }
    }

    @Test(
        "numeric notations of this machine's address are accepted", arguments: ["2130706433", "0x7f.1", "0177.1"])
    func loopbackForms(host: String) async throws {
        let server = try Self.ok()
        #expect(try await Self.get("http://\(host):\(server.port)/") == "200 ok")
        #expect(server.request.contains("\r\n") && server.request.lowercased().contains("host: \(host):\(server.port)"))
    }

    @Test("the connection uses the address that was checked, even if the resolver later returns another address")
    func rebinding() async throws {
        let names = Names(["127.0.0.1"], ["169.254.169.254"])
        let client = OutboundClient(.named, resolver: names.resolver)
        let server = try Self.ok()
        #expect(try await Self.get("http://callback.test:\(server.port)/a", client) == "200 ok")
        #expect(names.count == 1)
        #expect(server.request.lowercased().contains("host: callback.test:\(server.port)"))
        let second = try Self.ok("again")
        #expect(try await Self.get("http://callback.test:\(second.port)/b", client) == "200 again")
        #expect(names.count == 1)
    }

    @Test("if no connection succeeds, the host is resolved and checked again")
    func resolvedAgain() async throws {
        let names = Names(["127.0.0.1"], ["169.254.169.254"])
        let client = OutboundClient(.named, resolver: names.resolver)
        await RawReceiver.withDeafPortOrFail { port in
            #expect(await Self.failure("http://callback.test:\(port)/", client) == .refused)
            #expect(
                await Self.failure("http://callback.test:\(port)/", client)
                    == .rejectedAddress("169.254.169.254", .linkLocal))
        }
        #expect(names.count == 2)
    }

    @Test("the first allowed address that accepts connections is used")
    func severalAddresses() async throws {
        let server = try Self.ok()
        let names = Names(["169.254.169.254", "10.0.0.1", "127.9.9.9", "127.0.0.1"])
        let client = OutboundClient(.named, resolver: names.resolver)
        #expect(try await Self.get("http://several.test:\(server.port)/", client) == "200 ok")
    }

    @Test("the error for a private address names --allow-private")
    func privateAddress() async {
        let client = OutboundClient(.named, resolver: Names(["10.1.2.3"]).resolver)
        let failure = await Self.failure("http://internal.test/", client)
        #expect(failure == .rejectedAddress("10.1.2.3", .private))
        #expect(failure?.text == "10.1.2.3 is a private address; use --allow-private to send there")
    }

    @Test("a URL in a response is not fetched from this machine, even if its host is pinned")
    func foreign() async throws {
        let client = OutboundClient(.configured)
        let server = try Self.ok()
        #expect(try await Self.get("http://localhost:\(server.port)/", client) == "200 ok")
        guard
            case .rejectedAddress(_, .loopback) = await Self.failure(
                "http://localhost:\(server.port)/", client, rules: .publicOnly)
        else {
            Issue.record("fetched")
            return
        }
    }

    @Test(
        "schemes other than http and https are rejected",
        arguments: ["ftp://127.0.0.1/", "unix:///tmp/a", "http+unix://%2Ftmp%2Fa/", "/a", ""])
    func schemes(url: String) async {
        #expect(await Self.failure(url) == .notHTTP)
    }

    // MARK: Causes

    @Test("an unknown host and a refused connection are each reported as the cause")
    func unreachable() async {
        #expect(await Self.failure("http://callbox.invalid/") == .unknownHost)
        await RawReceiver.withDeafPortOrFail { port in
            #expect(await Self.failure("http://127.0.0.1:\(port)/") == .refused)
        }
    }

    @Test("the time-out cancels a resolver that does not respond")
    func silentResolver() async {
        let client = OutboundClient(
            .named,
            resolver: HostResolver { _ in
                try await Task.sleep(for: .seconds(3600))
                return []
            })
        #expect(await Self.failure("http://slow.test/", client, timeout: .milliseconds(200)) == .noResponseInTime)
    }

    @Test(
        "a response that is not valid HTTP is a failure",
        arguments: [
            "Transfer-Encoding: chunked\r\n\r\nZZZ\r\nx\r\n", "Content-Length: -5\r\n\r\nabc",
            "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", "X: a\u{1b}]0;own\u{7}b\r\n\r\n",
        ])
    func improper(rest: String) async throws {
        let server = try RawReceiver(head: "HTTP/1.1 200 OK\r\n\(rest)", .silent)
        #expect(await Self.failure("http://127.0.0.1:\(server.port)/") == .notHTTPResponse)
    }

    @Test(
        "the error names the cause if response headers are too many or too long",
        arguments: [
            String(repeating: "X: y\r\n", count: 1000), "X: \(String(repeating: "y", count: 200_000))\r\n",
        ])
    func manyHeaders(headers: String) async throws {
        let server = try RawReceiver(head: "HTTP/1.1 200 OK\r\n\(headers)\r\n", .silent)
        #expect(await Self.failure("http://127.0.0.1:\(server.port)/") == .headersTooLong)
    }

    @Test("interim responses do not extend the deadline")
    func interim() async throws {
        let flood = Array(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 1000).utf8)
        let server = try RawReceiver(head: "", then: flood, times: 100, .silent)
        let failure = await Self.failure("http://127.0.0.1:\(server.port)/", timeout: .milliseconds(300))
        #expect(failure == .noResponseInTime)
    }

    @Test("plain HTTP at a TLS port, and TLS at a plain port, are each reported as the cause")
    func wrongProtocol() async throws {
        try await TLSServer.with(ServerCertificates.good) { port, _ in
            let failure = await Self.failure("http://127.0.0.1:\(port)/")
            #expect(failure == .notHTTPResponse || failure == .closed || failure == .broken(code: ECONNRESET))
        }
        let plain = try RawReceiver(head: "HTTP/1.1 200 OK\r\n\r\n", reads: false, .silent)
        #expect(await Self.failure("https://127.0.0.1:\(plain.port)/") == .notTLS)
    }

    @Test("a certificate is checked against the name in the URL, although the connection uses a pinned address")
    func trusted() async throws {
        try await TLSServer.with(ServerCertificates.good) { port, authority in
            let client = OutboundClient(.named, trust: .authorities(path: authority))
            for host in ["localhost", "127.0.0.1"] {
                let text = try await Self.get("https://\(host):\(port)/", client)
                #expect(text == "200 \(host):\(port)")
            }
        }
    }

    @Test(
        "the reason why a certificate is not trusted is reported",
        arguments: [
            (ServerCertificates.good, false, OutboundFailure.CertificateProblem.unknownAuthority),
            (ServerCertificates.selfSigned, false, .selfSigned), (ServerCertificates.selfSigned, true, .selfSigned),
            (ServerCertificates.expired, true, .expired), (ServerCertificates.wrong, true, .wrongName),
        ])
    func untrusted(
        pair: ServerCertificates.Pair, trusts: Bool, problem: OutboundFailure.CertificateProblem
    ) async throws {
        try await TLSServer.with(pair) { port, authority in
            let trust = trusts ? Trust.authorities(path: authority) : .system
            for host in ["localhost", "127.0.0.1"] {
                let failure = await Self.failure("https://\(host):\(port)/", OutboundClient(.named, trust: trust))
                #expect(failure == .untrusted(problem))
                #expect(failure?.mayHaveArrived == false)
            }
            let insecure = OutboundClient(.named, trust: .everything)
            let text = try await Self.get("https://localhost:\(port)/", insecure)
            #expect(text == "200 localhost:\(port)")
        }
    }

    @Test("trusted authorities are set by --insecure, --cacert, SSL_CERT_FILE or the system, in that order")
    func trust() throws {
        let folder = try TemporaryFolder()
        let (file, empty) = (folder.path(of: "ca.pem"), folder.path(of: "empty.pem"))
        try Data((ServerCertificates.authority + "\n").utf8).write(to: URL(filePath: file))
        try Data("no certificate\n".utf8).write(to: URL(filePath: empty))
        #expect(try Trust(environment: [:]) == .system)
        #expect(try Trust(environment: ["SSL_CERT_FILE": ""]) == .system)
        #expect(try Trust(environment: ["SSL_CERT_FILE": file]) == .authorities(path: file))
        #expect(try Trust(file: file, environment: ["SSL_CERT_FILE": "/absent"]) == .authorities(path: file))
        #expect(try Trust(isInsecure: true, environment: ["SSL_CERT_FILE": file]) == .everything)
        for bad in [empty, "/absent", folder.path] {
            #expect(throws: Trust.UnusableFile(path: bad)) { try Trust(file: bad, environment: [:]) }
        }
        withExtendedLifetime(folder) {}
    }

    @Test("bytes that are not a certificate have no certificate names")
    func certificateNames() throws {
        #expect(CertificateNames([]) == nil)
        var generator = SplitMix64(seed: 3)
        for count in 0..<200 { #expect(CertificateNames(generator.bytes(count)) == nil) }
        #expect(CertificateNames([0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30]) == nil)
    }
}

extension RawReceiver {
    fileprivate static func withDeafPortOrFail(_ body: (Int) async -> Void) async {
        do {
            try await withDeafPort { await body($0) }
        } catch {
            Issue.record("no port")
        }
    }
}
