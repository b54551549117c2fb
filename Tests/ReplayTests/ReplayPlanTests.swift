import Deliveries
import Foundation
import Replay
import TestKit
import Testing

@Suite("Planning a replay")
struct ReplayPlanTests {
    @Test("a plan has the ID, method and body of the delivery")
    func asItCame() throws {
        let plan = try ReplayPlan(.fixture(method: "PUT", body: "exact \u{0} bytes"), to: "http://localhost:3000/hook")
        #expect(plan.deliveryID == DeliveryID(rawValue: 42))
        #expect(plan.method == "PUT")
        #expect(plan.body == Array("exact \u{0} bytes".utf8))
        #expect(plan.url == "http://localhost:3000/hook")
    }

    @Test(
        "an http or https URL is used unchanged",
        arguments: [
            "http://localhost", "http://localhost:3000/", "https://h.example/a/b?x=1", "HTTP://h.example/",
            "http://[::1]:80/",
            "http://127.0.0.1:1/", "http://h.example:65535/", "http://h.example/a%20b",
        ])
    func url(text: String) throws {
        #expect(try ReplayPlan(.fixture(), to: text).url == text)
    }

    @Test(
        "malformed URLs and other schemes than http and https are rejected",
        arguments: [
            "", "/", "localhost", "localhost:3000", "127.0.0.1:3000/hook", "//h.example/", "ftp://h.example/",
            "file:///etc/passwd", "unix:/tmp/s", "http+unix://s/", "http:", "http:/h.example", "http://",
            "http:///path",
            "http://?x", "http://:80/", "http://h.example:65536/", "http://h.example:99999/", "http://h.example:0/",
            "http://h.example:-1/", "http://h.example:x/", "http://h example/", " http://h.example/",
            "javascript:alert(1)",
        ])
    func noURL(text: String) {
        #expect(throws: ReplayError.notHTTP(url: text)) { try ReplayPlan(.fixture(), to: text) }
    }

    @Test(
        "the delivery's query is added if the URL has no query, and a fragment is removed",
        arguments: [
            ("/ezid/auth?code=abc&x=1", "http://h/auth", "http://h/auth?code=abc&x=1"),
            ("/ezid?code=abc", "http://h", "http://h?code=abc"),
            ("/ezid?code=abc", "http://h/a#top", "http://h/a?code=abc"),
            ("/ezid?code=abc", "http://h/a?own=1", "http://h/a?own=1"),
            ("/ezid?code=abc", "http://h/a?own=1#top", "http://h/a?own=1"),
            ("/ezid?code=abc", "http://h/a?", "http://h/a?"),
            ("/ezid?code=abc", "http://h/a?#top", "http://h/a?"), ("/ezid?", "http://h/a", "http://h/a?"),
            ("/ezid", "http://h/a", "http://h/a"), ("/ezid", "http://h/a#top", "http://h/a"),
            ("/ezid?a=%C3%A9+b%2", "http://h/a", "http://h/a?a=%C3%A9+b%2"),
            ("/ezid?a?b", "http://h/a", "http://h/a?a?b"),
            ("http://other/ezid?code=abc", "http://h/a", "http://h/a?code=abc"),
        ])
    func query(target: String, url: String, expected: String) throws {
        #expect(try ReplayPlan(.fixture(target: target), to: url).url == expected)
    }

    @Test("headers keep their order, their spelling and their repeats")
    func headers() throws {
        let headers: HeaderFields = [
            HeaderField("x-Klavi-Signature", "a"), HeaderField("Accept", "*/*"), HeaderField("X-Klavi-Signature", "b"),
            HeaderField("Content-Type", "application/json"), HeaderField("Empty", ""),
        ]
        #expect(try ReplayPlan(.fixture(headers: headers), to: "http://h/").headers == headers.fields)
    }

    @Test(
        "connection headers are removed in any letter case",
        arguments: [
            "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE",
            "Trailer",
            "Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Expect",
        ])
    func hopByHop(name: String) throws {
        let kept = HeaderField("X-Kept", "1")
        for name in [name, name.lowercased(), name.uppercased()] {
            let headers = HeaderFields([HeaderField(name, "x-other"), kept, HeaderField(name, "x-other")])
            #expect(try ReplayPlan(.fixture(headers: headers), to: "http://h/").headers == [kept])
        }
    }

    @Test(
        "Connection and the headers that it names are removed",
        arguments: [["X-Hop"], ["close, X-Hop"], ["x-hop"], ["X-Hop ,\tkeep-alive"], [",X-Hop,"], ["close", "X-HOP"]])
    func namedInConnection(values: [String]) throws {
        let headers =
            values.map { HeaderField("connection", $0) }
            + [
                HeaderField("X-Hop", "1"), HeaderField("X-Hopper", "2"), HeaderField("x-HOP", "3"),
                HeaderField("Close-Up", "4"),
            ]
        #expect(
            try ReplayPlan(.fixture(headers: HeaderFields(headers)), to: "http://h/").headers == [
                HeaderField("X-Hopper", "2"), HeaderField("Close-Up", "4"),
            ])
    }

    @Test("every sample keeps its end-to-end headers", arguments: Sample.all)
    func samples(sample: Sample) throws {
        var generator = SplitMix64(seed: 1)
        let delivery = ArchivedDelivery(
            id: DeliveryID(rawValue: 1), uuid: UUIDv7(at: .fixture, using: &generator), source: "s",
            request: sample.request,
            verification: .verified, secretName: nil, bodySHA256: [])
        let plan = try ReplayPlan(delivery, to: "http://localhost:3000/hook")
        #expect(plan.body == sample.request.body)
        #expect(plan.method == sample.request.method)
        #expect(plan.url == "http://localhost:3000/hook" + (sample.request.target.query.map { "?\($0)" } ?? ""))
        let expected = sample.request.headers.fields.filter {
            !["host", "connection", "content-length"].contains($0.name.lowercased())
        }
        #expect(plan.headers == expected)
    }

    @Test(
        "user and password become Basic authentication, and are removed from the URL",
        arguments: [
            ("http://h.example/a/b", "http://h.example/a/b", nil),
            ("https://user:pw@h.example:8443/a?token=t0p#x", "https://h.example:8443/a?token=t0p", "user:pw"),
            ("http://user@h.example", "http://h.example", "user:"),
            ("http://[::1]:80/a?token=t@p", "http://[::1]:80/a?token=t@p", nil),
            ("http://u%40:p%3A@h.example/%7Ea", "http://h.example/%7Ea", "u@:p:"),
        ] as [(String, String, String?)])
    func credentials(url: String, expected: String, credentials: String?) throws {
        let delivered: HeaderFields = [HeaderField("authorization", "Bearer t")]
        let plan = try ReplayPlan(.fixture(headers: delivered), to: url)
        #expect(plan.url == expected)
        #expect(plan.urlWithoutQuery == String(expected.prefix { $0 != "?" }))
        let basic = credentials.map {
            HeaderField("Authorization", "Basic \(Data($0.utf8).base64EncodedString())")
        }
        #expect(plan.headers == [basic ?? HeaderField("authorization", "Bearer t")])
    }

    @Test("a fetched delivery is sent as POST, without the query of the call that fetched it")
    func fetched() throws {
        let plan = try ReplayPlan(
            .fixture(method: "GET", target: "/v1/reports?page=2", verification: .fetched), to: "http://h/")
        #expect(plan.method == "POST" && plan.url == "http://h/")
        let delivered = try ReplayPlan(.fixture(method: "GET", target: "/ezid?code=c"), to: "http://h/")
        #expect(delivered.method == "GET" && delivered.url == "http://h/?code=c")
    }

    @Test(
        "the URL for logs has no query, even if the delivery's query is malformed",
        arguments: ["code=s3cret", "{\"code\":\"s3cret\"}", "\u{301}&code=s3cret"])
    func withoutDeliveredQuery(query: String) throws {
        let plan = try ReplayPlan(.fixture(target: "/ezid?\(query)"), to: "http://h.example/a")
        #expect(plan.url == "http://h.example/a?\(query)")
        #expect(plan.urlWithoutQuery == "http://h.example/a")
    }
}
