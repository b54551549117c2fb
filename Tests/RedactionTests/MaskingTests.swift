import Deliveries
import TestKit
import Testing

@testable import Redaction

@Suite("Masking of credentials")
struct MaskingTests {
    @Test(
        "headers with credentials are masked in any letter case",
        arguments: [
            "Authorization", "authorization", "AUTHORIZATION", "Proxy-Authorization", "Cookie", "cookie", "X-Api-Key",
            "x-klavi-signature", "X-Klavi-Signature", "Certn-Signature", "certn-signature", "X-Signature",
            "x-SIGNATURE", "webhook-signature", "X-Hub-Signature-256", "X-Auth-Token", "Set-Cookie", "X-Webhook-Secret",
            "X-ApiKey", "X-Session-Id", "sessionId", "X-Amz-Credential", "X-Access-Key", "Client-Assertion",
        ])
    func masked(name: String) {
        #expect(Masking.value(of: HeaderField(name, "secret"), ProviderSecrets()) == "[masked]")
        #expect(Masking.value(of: HeaderField(name, ""), ProviderSecrets()) == "[masked]")
    }

    @Test(
        "credentials of a URL in a header are masked",
        arguments: [
            ("https://u:p@h.example/a", "https://[masked]@h.example/a"), ("http://t@h", "http://[masked]@h"),
            ("https://h.example/a?b=1&code=c", "https://h.example/a?b=1&code=[masked]"),
            ("<ftp://u:p@h>; rel=\"x\", <https://h>", "<ftp://[masked]@h>; rel=\"x\", <https://h>"),
            ("a://u:p@q@h", "a://[masked]@h"), ("x://u:p@h x://v:q@i", "x://[masked]@h x://[masked]@i"),
        ])
    func urls(value: String, expected: String) {
        #expect(Masking.value(of: HeaderField("Referer", value), ProviderSecrets()) == expected)
    }

    @Test(
        "an @ outside the host of a URL is shown",
        arguments: [
            "https://h.example/@a", "https://h.example?x=a@b", "https://h.example#a@b", "https://@h", "://@", "a@b.c",
            "https://h a@b", "//u:p@h", "https://",
        ])
    func noUserInfo(value: String) {
        #expect(Masking.value(of: HeaderField("X", value), ProviderSecrets()) == value)
    }

    @Test(
        "headers that contain no credentials are shown",
        arguments: ["Host", "Content-Type", "X-Klavi-Timestamp", "Certn-Team-ID", "webhook-id", "Accept", ""])
    func shown(name: String) {
        #expect(Masking.value(of: HeaderField(name, "value"), ProviderSecrets()) == "value")
    }

    @Test(
        "credentials in query parameters are masked",
        arguments: [
            ("/ezid/auth?code=abc", "/ezid/auth?code=[masked]"), ("/a?x=1&code=abc&y=2", "/a?x=1&code=[masked]&y=2"),
            ("/a?code=1&code=2", "/a?code=[masked]&code=[masked]"), ("/a?CODE=abc", "/a?CODE=[masked]"),
            ("/a?%63ode=abc", "/a?%63ode=[masked]"), ("/a?c%6Fd%65=abc", "/a?c%6Fd%65=[masked]"),
            ("/a?code=a=b==", "/a?code=[masked]"), ("/a?code=", "/a?code=[masked]"),
            ("/a?code=a?code=b", "/a?code=[masked]"), ("/ezid?tenant=1?code=x", "/ezid?tenant=1?code=[masked]"),
            ("/a?b=1?code=x?c=2&d=3", "/a?b=1?code=[masked]&d=3"), ("/a?code=\u{301}x", "/a?code=[masked]"),
            ("/a?\u{301}&code=x", "/a?\u{301}&code=[masked]"),
            ("/a?token=t", "/a?token=[masked]"), ("/a?access_token=t", "/a?access_token=[masked]"),
            ("/a?id_token=t", "/a?id_token=[masked]"), ("/a?refresh_token=t", "/a?refresh_token=[masked]"),
            ("/a?link_token=t", "/a?link_token=[masked]"), ("/a?secret=t", "/a?secret=[masked]"),
            ("/a?password=t", "/a?password=[masked]"), ("/klavi?key=t", "/klavi?key=[masked]"),
            ("/a?&&code=x&", "/a?&&code=[masked]&"), ("/a?sessionId=t", "/a?sessionId=[masked]"),
            ("http://u:p@h/a?code=x", "http://[masked]@h/a?code=[masked]"),
            ("/a?to=https://u:p@h/", "/a?to=https://[masked]@h/"),
            ("https://h.example/a?code=x", "https://h.example/a?code=[masked]"), ("?code=x", "?code=[masked]"),
        ])
    func parameters(target: String, expected: String) {
        #expect(Masking.target(target, ProviderSecrets()) == expected)
    }

    @Test(
        "targets without credentials are unchanged",
        arguments: [
            "", "/", "/klavi", "/code=abc", "/a?", "/a?code", "/a?x=code", "/a?codes=1", "/a?%63odes=1", "/a?x=%63ode",
            "/a?to=https://h&login_hint=ana@example.com",
            "/a?link_id=1&external_info=%7B%7D", "/a?=abc", "/a?&", "/a?c%6=1",
        ])
    func untouched(target: String) {
        #expect(Masking.target(target, ProviderSecrets()) == target)
    }

    @Test("in the targets of the EZiD samples, only the query parameter 'code' is masked")
    func ezidSamples() throws {
        let samples = Sample.all.filter { $0.name.hasPrefix("ezid/") }
        #expect(samples.count == 3)
        for sample in samples {
            let code = try #require(sample.request.target.queryValue(named: "code"))
            let masked = Masking.target(sample.request.target.text, ProviderSecrets())
            #expect(masked == sample.request.target.text.replacing(code, with: "[masked]"))
            #expect(!masked.contains(code))
        }
    }
}
