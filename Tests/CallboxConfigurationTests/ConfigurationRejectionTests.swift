import Deliveries
import Testing

@testable import CallboxConfiguration

@Suite("What a configuration file may not say")
struct ConfigurationRejectionTests {
    struct Rejection: Sendable, CustomTestStringConvertible {
        let yaml: String
        let message: String

        init(_ yaml: String, _ message: String) {
            self.yaml = yaml
            self.message = message
        }

        var testDescription: String {
            yaml.replacing("\n", with: "⏎")
        }
    }

    private static func expect(_ rejection: Rejection) {
        let failure = #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.parse(rejection.yaml, file: "c.yaml")
        }
        #expect(failure?.isUnreadableFile == false)
        #expect(failure?.message == "c.yaml" + rejection.message)
    }

    @Test(
        "keys that are not known, with the nearest one",
        arguments: [
            Rejection("lisen: 127.0.0.1:1", ", line 1: the file does not know 'lisen'; did you mean 'listen'?"),
            Rejection(
                "# a\n\nfrobnicate: 1",
                ", line 3: the file does not know 'frobnicate'; known here: listen, archive, log-level, limits, quarantine, index, dictionaries, "
                    + "sources, apis"
            ),
            Rejection("Listen: 127.0.0.1:1", ", line 1: the file does not know 'Listen'; did you mean 'listen'?"),
            Rejection(
                "\"listen\\u200b\": 127.0.0.1:1",
                ", line 1: the file does not know 'listen\u{200b}'; did you mean 'listen'?"),
            Rejection(
                "limits:\n  conections: 5", ", line 2: limits does not know 'conections'; did you mean 'connections'?"),
            Rejection(
                "sources:\n  klavi:\n    path: /k\n    routs: {}",
                ", line 4: sources.klavi does not know 'routs'; did you mean 'routes'?"),
            Rejection(
                "sources: {klavi: {secrets: [{nme: x}]}}",
                ", line 1: sources.klavi.secrets[1] does not know 'nme'; did you mean 'name'?"),
            Rejection(
                "sources:\n  klavi:\n    secrets:\n      - env: A\n      - env: B\n        value: x",
                ", line 6: sources.klavi.secrets[2] does not know 'value'; known here: name, env, file, for, identity"),
            Rejection(
                "sources: {klavi: {routes: {all: {topc: x}}}}",
                ", line 1: sources.klavi.routes.all does not know 'topc'; did you mean 'topic'?"),
            Rejection(
                "sources: {klavi: {redirects: {alow: []}}}",
                ", line 1: sources.klavi.redirects does not know 'alow'; did you mean 'allow'?"),
            Rejection(
                "sources:\n  klavi: &klavi {}\n  certn:\n    <<: *klavi",
                ", line 4: sources.certn does not know '<<'; known here: "
                    + "provider, path, verify, tolerance, body-limit, secrets, routes, redirects, allow-from, "
                    + "trusted-proxies, accept-unsigned, accept-compacted, keep, keep-metadata, states"),
        ])
    func unknownKeys(_ rejection: Rejection) {
        Self.expect(rejection)
    }

    @Test(
        "keys that stand twice, and keys that are no text",
        arguments: [
            Rejection(
                "\nlisten: 127.0.0.1:1\nlisten: 127.0.0.1:2", " is not valid YAML: line 2: a key stands twice: listen"),
            Rejection(
                "sources:\n  klavi: {}\n  certn: {}\n  klavi: {}",
                " is not valid YAML: line 2: a key stands twice: klavi"),
            Rejection(
                "sources:\n  klavi:\n    routes: {\"1\": a, 1: b}",
                ", line 3: sources.klavi.routes has the key '1' twice"),
            Rejection("[a]: 1", ", line 1: the file has a key that is no text"),
            Rejection("sources:\n  {a: b}: {}", ", line 2: sources has a key that is no text"),
        ])
    func keys(_ rejection: Rejection) {
        Self.expect(rejection)
    }

    @Test(
        "values of the wrong shape",
        arguments: [
            Rejection("- a\n- b", ", line 1: the file has to be a mapping of keys to values"),
            Rejection("listen", ", line 1: the file has to be a mapping of keys to values"),
            Rejection("listen: [127.0.0.1:1]", ", line 1: listen has to be a single value"),
            Rejection("archive: {a: b}", ", line 1: archive has to be a single value"),
            Rejection("\nlimits: 5", ", line 2: limits has to be a mapping of keys to values"),
            Rejection("limits:\n- 5", ", line 2: limits has to be a mapping of keys to values"),
            Rejection("sources: klavi", ", line 1: sources has to be a mapping of keys to values"),
            Rejection("sources: {klavi: yes}", ", line 1: sources.klavi has to be a mapping of keys to values"),
            Rejection("sources:\n  klavi:\n  certn: {}", ", line 2: sources.klavi has no settings"),
            Rejection("sources: {klavi: {path: [a]}}", ", line 1: sources.klavi.path has to be a single value"),
            Rejection("sources: {klavi: {secrets: {env: A}}}", ", line 1: sources.klavi.secrets has to be a list"),
            Rejection(
                "sources: {klavi: {secrets: [{env: [A]}]}}",
                ", line 1: sources.klavi.secrets[1].env has to be a single value"),
            Rejection(
                "sources: {klavi: {routes: [a]}}",
                ", line 1: sources.klavi.routes has to be a mapping of keys to values"),
            Rejection(
                "sources: {klavi: {routes: {a: [b]}}}", ", line 1: sources.klavi.routes.a has to be a single value"),
            Rejection(
                "sources: {klavi: {redirects: x}}",
                ", line 1: sources.klavi.redirects has to be a mapping of keys to values"),
            Rejection(
                "sources: {klavi: {redirects: {allow: x}}}",
                ", line 1: sources.klavi.redirects.allow has to be a list"),
            Rejection(
                "sources: {klavi: {redirects: {allow: [[x]]}}}",
                ", line 1: sources.klavi.redirects.allow[1] has to be a single value"),
            Rejection(
                "sources: {klavi: {redirects: {allow: [~]}}}",
                ", line 1: sources.klavi.redirects.allow[1] has to be a single value"),
            Rejection(
                "sources: {klavi: {redirects: {landing: [x]}}}",
                ", line 1: sources.klavi.redirects.landing has to be a single value"),
        ])
    func shapes(_ rejection: Rejection) {
        Self.expect(rejection)
    }

    @Test(
        "values out of range",
        arguments: [
            Rejection("listen: nowhere", ", line 1: listen has to be an address such as 127.0.0.1:8787, not 'nowhere'"),
            Rejection(
                "\n\nlog-level: loud",
                ", line 3: log-level has to be one of trace, debug, info, notice, warning, error, critical, "
                    + "not 'loud'"),
            Rejection(
                "limits: {request-deadline: 60}",
                ", line 1: limits.request-deadline has to be a duration such as 30s, not '60'"),
            Rejection(
                "limits: {idle-timeout: 0s}", ", line 1: limits.idle-timeout has to be a duration such as 30s, not '0s'"
            ),
            Rejection(
                "limits: {shutdown-grace: -1s}",
                ", line 1: limits.shutdown-grace has to be a duration such as 30s, not '-1s'"),
            Rejection(
                "limits: {header-bytes: 0}", ", line 1: limits.header-bytes has to be a size such as 64KiB, not '0'"),
            Rejection(
                "limits: {header-line-bytes: -1}",
                ", line 1: limits.header-line-bytes has to be a size such as 64KiB, not '-1'"),
            Rejection(
                "limits: {target-bytes: much}",
                ", line 1: limits.target-bytes has to be a size such as 64KiB, not 'much'"),
            Rejection(
                "limits: {buffered-bodies: 2048GiB}",
                ", line 1: limits.buffered-bodies has to be a size such as 64KiB, not '2048GiB'"),
            Rejection(
                "limits: {header-lines: 0}",
                ", line 1: limits.header-lines has to be a whole number from 1 to 1000000, not '0'"),
            Rejection(
                "limits: {header-lines: 1.5}",
                ", line 1: limits.header-lines has to be a whole number from 1 to 1000000, not '1.5'"),
            Rejection(
                "limits: {connections: 1000001}",
                ", line 1: limits.connections has to be a whole number from 1 to 1000000, not '1000001'"),
            Rejection(
                "limits: {connections: 99999999999999999999}",
                ", line 1: limits.connections has to be a whole number from 1 to 1000000, not '99999999999999999999'"),
            Rejection(
                "sources: {klavi: {verify: maybe}}",
                ", line 1: sources.klavi.verify has to be 'required' or 'none', not 'maybe'"),
            Rejection(
                "sources: {klavi: {verify: false}}",
                ", line 1: sources.klavi.verify has to be 'required' or 'none', not 'false'"),
            Rejection(
                "sources: {klavi: {tolerance: 300}}",
                ", line 1: sources.klavi.tolerance has to be a duration such as 300s, not '300'"),
            Rejection(
                "sources: {klavi: {body-limit: 0}}",
                ", line 1: sources.klavi.body-limit has to be a size from 1 to 1GiB, not '0'"),
            Rejection(
                "sources: {klavi: {body-limit: 1073741825}}",
                ", line 1: sources.klavi.body-limit has to be a size from 1 to 1GiB, not '1073741825'"),
        ])
    func values(_ rejection: Rejection) {
        Self.expect(rejection)
    }

    private static let pathRule = "has to begin with '/', not end with it, and have no spaces, '?' or '#'"

    @Test(
        "names, providers and paths of sources",
        arguments: [
            Rejection(
                "sources:\n  Klavi: {}",
                ", line 2: sources.Klavi is no name for a source; use a to z, 0 to 9, '-' and '_', up to 40"),
            Rejection(
                "sources: {'a b': {}}",
                ", line 1: sources.a b is no name for a source; use a to z, 0 to 9, '-' and '_', up to 40"),
            Rejection(
                "sources: {é: {}}",
                ", line 1: sources.é is no name for a source; use a to z, 0 to 9, '-' and '_', up to 40"),
            Rejection(
                "sources: {'': {}}",
                ", line 1: sources. is no name for a source; use a to z, 0 to 9, '-' and '_', up to 40"),
            Rejection(
                "sources: {\(String(repeating: "a", count: 41)): {}}",
                ", line 1: sources.\(String(repeating: "a", count: 41)) is no name for a source; "
                    + "use a to z, 0 to 9, '-' and '_', up to 40"),
            Rejection(
                "sources: {x: {provider: klavy}}",
                ", line 1: sources.x.provider does not know 'klavy'; did you mean 'klavi'?"),
            Rejection(
                "sources: {x: {provider: stripe}}",
                ", line 1: sources.x.provider does not know 'stripe'; there are klavi, certn, ezid, certificall, generic, standard-webhooks"
            ),
            Rejection(
                "sources:\n  main:\n    path: /x",
                ", line 3: sources.main.provider does not know 'main'; there are klavi, certn, ezid, certificall, generic, standard-webhooks"
            ),
            Rejection("sources: {klavi: {path: klavi}}", ", line 1: sources.klavi.path \(pathRule)"),
            Rejection("sources: {klavi: {path: /klavi/}}", ", line 1: sources.klavi.path \(pathRule)"),
            Rejection("sources: {klavi: {path: /a b}}", ", line 1: sources.klavi.path \(pathRule)"),
            Rejection("sources: {klavi: {path: '/a?b'}}", ", line 1: sources.klavi.path \(pathRule)"),
            Rejection("sources: {klavi: {path: '/a#b'}}", ", line 1: sources.klavi.path \(pathRule)"),
            Rejection("sources: {klavi: {path: '/a\\b'}}", ", line 1: sources.klavi.path \(pathRule)"),
            Rejection("sources: {klavi: {path: /é}}", ", line 1: sources.klavi.path \(pathRule)"),
            Rejection(
                "sources:\n  a: {provider: klavi, path: /x}\n  b: {provider: ezid, path: /x}",
                ", line 3: sources.b has the path /x, which a has already"),
            Rejection(
                "sources:\n  klavi: {}\n  b: {provider: ezid, path: /klavi}",
                ", line 3: sources.b has the path /klavi, which klavi has already"),
        ])
    func sources(_ rejection: Rejection) {
        Self.expect(rejection)
    }

    @Test(
        "secrets that stand in the file, or are nowhere, or fit nothing",
        arguments: [
            Rejection(
                "sources:\n  klavi:\n    secrets:\n      - hunter2",
                ", line 4: sources.klavi.secrets[1] has to say where the secret is, with 'env' or 'file'"),
            Rejection(
                "sources: {klavi: {secrets: [{name: a}]}}",
                ", line 1: sources.klavi.secrets[1].env or 'file' is needed, and only one of them"),
            Rejection(
                "sources: {klavi: {secrets: [{env: A, file: b}]}}",
                ", line 1: sources.klavi.secrets[1].env or 'file' is needed, and only one of them"),
            Rejection(
                "sources: {klavi: {secrets: [{env: ''}]}}",
                ", line 1: sources.klavi.secrets[1].env or 'file' is needed, and only one of them"),
            Rejection(
                "sources: {klavi: {secrets: [{env: A, for: bearer}]}}",
                ", line 1: sources.klavi.secrets[1].for has to be one of signature, not 'bearer'"),
            Rejection(
                "sources: {certn: {secrets: [{env: A, for: hmac}]}}",
                ", line 1: sources.certn.secrets[1].for has to be one of signature, legacy, centric, not 'hmac'"),
            Rejection(
                "sources:\n  certificall:\n    secrets:\n      - env: A\n        for: hmac",
                ", line 4: sources.certificall.secrets[1].identity is needed: the API key that goes with this secret"),
            Rejection(
                "sources: {certificall: {secrets: [{env: A, for: basic}]}}",
                ", line 1: sources.certificall.secrets[1].identity is needed: "
                    + "the user name that goes with this secret"),
            Rejection(
                "sources: {certificall: {secrets: [{env: A, for: bearer, identity: x}]}}",
                ", line 1: sources.certificall.secrets[1].identity has no meaning for a secret of this type"),
            Rejection(
                "sources: {klavi: {secrets: [{env: A, identity: x}]}}",
                ", line 1: sources.klavi.secrets[1].identity has no meaning for a secret of this type"),
            Rejection(
                "sources:\n  ezid:\n    secrets:\n      - env: A",
                ", line 4: sources.ezid.secrets[1] cannot be used: ezid gives nothing to check a delivery with"),
            Rejection(
                "sources:\n  klavi:\n    verify: none\n    secrets: [{env: A}]",
                ", line 3: sources.klavi.verify is 'none' although there are secrets; take out one of the two"),
        ])
    func secrets(_ rejection: Rejection) {
        Self.expect(rejection)
    }

    @Test("a secret that stands in the file is in no message")
    func secretIsNotShown() {
        let failure = #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.parse("sources: {klavi: {secrets: [hunter2]}}", file: "c.yaml")
        }
        #expect(failure?.message.contains("hunter2") == false)
        #expect(failure?.advice == "Secrets never stand in the configuration itself.")
    }

    private static let topicRule = "needs the name of a topic, up to 100 bytes without control characters"

    @Test(
        "routes without a topic, and 'all' beside other keys",
        arguments: [
            Rejection(
                "sources:\n  klavi:\n    routes:\n      a: x\n      b:", ", line 5: sources.klavi.routes.b \(topicRule)"
            ),
            Rejection("sources: {klavi: {routes: {a: ''}}}", ", line 1: sources.klavi.routes.a \(topicRule)"),
            Rejection("sources: {klavi: {routes: {a: {}}}}", ", line 1: sources.klavi.routes.a \(topicRule)"),
            Rejection("sources: {klavi: {routes: {a: \"\\e[31m\"}}}", ", line 1: sources.klavi.routes.a \(topicRule)"),
            Rejection("sources: {klavi: {routes: {a: \"x\\x7f\"}}}", ", line 1: sources.klavi.routes.a \(topicRule)"),
            Rejection(
                "sources: {klavi: {routes: {a: \(String(repeating: "x", count: 101))}}}",
                ", line 1: sources.klavi.routes.a \(topicRule)"),
            Rejection(
                "sources: {klavi: {routes: {all: a, pf_credit_card: b, other: c}}}",
                ", line 1: sources.klavi.routes has 'all' beside 'pf_credit_card', 'other': "
                    + "'all' takes everything and stands alone. Take out one or the other"),
            Rejection(
                "sources: {klavi: {routes: {x: a, all: b}}}",
                ", line 1: sources.klavi.routes has 'all' beside 'x': "
                    + "'all' takes everything and stands alone. Take out one or the other"),
        ])
    func routes(_ rejection: Rejection) {
        Self.expect(rejection)
    }

    @Test("a topic of a hundred bytes is the longest")
    func longestTopic() throws {
        let topic = String(repeating: "x", count: 100)
        let configuration = try ConfigurationFile.parse("sources: {klavi: {routes: {a: \(topic)}}}", file: "c.yaml")
        #expect(configuration.sources.first?.routes.entries.first?.topic == topic)
    }

    @Test(
        "redirects to what is no plain web address",
        arguments: [
            "javascript:alert(1)", "app.example.com", "//app.example.com/", "https://", "https://user@app.example.com/",
            "https://app.example.com/../x", "ftp://app.example.com/", "https://app.example.com\\@evil.example/",
        ])
    func redirects(entry: String) {
        let why = "has '\(entry)', which is not a URL such as https://app.example.com/welcome without user name"
        for key in ["allow: ['\(entry)']", "landing: '\(entry)'"] {
            Self.expect(
                Rejection(
                    "sources:\n  klavi:\n    redirects:\n      \(key)", ", line 3: sources.klavi.redirects \(why)"))
        }
    }

    @Test(
        "what is not YAML, with the line",
        arguments: [
            Rejection("listen: x\na: [", " is not valid YAML: line 3: did not find expected node content"),
            Rejection("a: b: c", " is not valid YAML: line 1: mapping values are not allowed in this context"),
            Rejection(
                "limits:\n\tconnections: 1", " is not valid YAML: line 2: found character that cannot start any token"),
            Rejection("archive: *nothing", " is not valid YAML: line 1: found undefined alias"),
            Rejection("archive: a\n---\narchive: b", " is not valid YAML: line 2: but found another document"),
            Rejection("archive: \u{1b}", " is not valid YAML: it cannot be read"),
        ])
    func notYAML(_ rejection: Rejection) {
        Self.expect(rejection)
    }
}
