internal import Deliveries
internal import Foundation
internal import HTTPListener
package import Providers
internal import ReportIndex
internal import Yams

/// Reads `callbox.yaml`. An unknown key or value is an error that names the line. One run reports all errors.
package enum ConfigurationFile {
    private static let keys = [
        "listen", "archive", "log-level", "log-format", "access-log", "admin", "tls", "trusted-proxies", "limits",
        "quarantine", "index", "dictionaries", "journal", "replication", "replay", "sources", "apis",
    ]
    private static let byteCountLimit = 16 << 20
    package static let logLevels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    /// - Parameter environment: the environment for reading and checking the secrets; nil to skip this.
    package static func read(
        _ path: String, providers: ProviderCatalog = .standard, checkingSecretsIn environment: [String: String]? = nil
    ) throws(ConfigurationError) -> CallboxConfiguration {
        let bytes: [UInt8]
        do throws(SmallFile.Failure) {
            bytes = try SmallFile.read(path, byteCountLimit: byteCountLimit)
        } catch {
            throw .unreadableFile(path: path, reason: error.reason)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalid("\(path) is not UTF-8 text", advice: "Save it as UTF-8.")
        }
        return try parse(text, file: path, providers: providers, checkingSecretsIn: environment)
    }

    package static func parse(
        _ text: String, file: String, providers: ProviderCatalog = .standard,
        checkingSecretsIn environment: [String: String]? = nil
    ) throws(ConfigurationError) -> CallboxConfiguration {
        let problems = ProblemList()
        let yaml = SectionedYAML(text, file: file, problems: problems)
        var configuration = CallboxConfiguration(providers: providers)
        configuration.file = file
        // A file with only comments is valid. All settings then have their defaults.
        if let node = yaml.node, node.null == nil {
            read(node, isWhole: yaml.isWhole, into: &configuration, problems)
        }
        if let environment, yaml.isWhole {
            for source in configuration.sources { _ = source.read(environment, file: file, problems) }
            configuration.checkCredentials(environment, problems)
        }
        try problems.throwIfAny()
        return configuration
    }

    /// - Parameter isWhole: false if a section is missing because it is not valid YAML.
    private static func read(
        _ node: Node, isWhole: Bool, into configuration: inout CallboxConfiguration, _ problems: ProblemList
    ) {
        let file = configuration.file ?? ""
        guard let root = YAMLMapping(node, path: "", file: file, problems: problems) else { return }
        root.rejectUnknownKeys(keys)
        configuration.listen =
            root.value("listen", "an address such as 127.0.0.1:8787", ListenSetting.init) ?? configuration.listen
        if let archive = root.text("archive") { configuration.archivePath = resolve(archive, besides: file) }
        configuration.logLevel =
            root.value("log-level", "one of \(logLevels.joined(separator: ", "))") { logLevels.contains($0) ? $0 : nil }
            ?? configuration.logLevel
        configuration.logFormat = root.choice("log-format", ["text": .text, "json": .json]) ?? configuration.logFormat
        configuration.writesAccessLog = root.flag("access-log") ?? configuration.writesAccessLog
        if let admin = root.mapping("admin") {
            admin.rejectUnknownKeys(["listen"])
            let expected = "a loopback address such as 127.0.0.1:8788, or unix:/run/callbox/admin.sock"
            configuration.admin = admin.value("listen", expected) { AdminSetting($0, besides: file) }
        }
        if let tls = root.mapping("tls") { configuration.tls = ListenerSection.tls(tls) }
        if let proxies = root.mapping("trusted-proxies") {
            configuration.trustedProxies = ListenerSection.proxies(proxies)
        }
        if let limits = root.mapping("limits") {
            ListenerSection.readLimits(limits, into: &configuration.limits, grace: &configuration.shutdownGrace)
        }
        if let quarantine = root.mapping("quarantine") {
            quarantine.rejectUnknownKeys(["count", "bytes", "age"])
            let limits = configuration.quarantine
            configuration.quarantine.count = quarantine.count("count", in: 0...1_000_000) ?? limits.count
            configuration.quarantine.byteCount =
                quarantine.value("bytes", "a size such as 256MiB", Quantity.byteCount) ?? limits.byteCount
            configuration.quarantine.age = quarantine.duration("age", "a duration such as 30d") ?? limits.age
        }
        if let index = root.mapping("index") {
            index.rejectUnknownKeys(["lag-count", "lag-age"])
            let lag = configuration.indexLag
            configuration.indexLag.count = index.count("lag-count", in: 0...100_000_000) ?? lag.count
            configuration.indexLag.age = index.duration("lag-age", "a duration such as 20s") ?? lag.age
        }
        configuration.trainsDictionaries =
            root.choice("dictionaries", ["auto": true, "off": false]) ?? configuration.trainsDictionaries
        if let replay = root.mapping("replay") {
            replay.rejectUnknownKeys(["production-hosts"])
            configuration.productionHosts = replay.texts("production-hosts").compactMap { text in
                let pattern = HostPattern(text)
                if pattern == nil {
                    replay.reject(
                        "production-hosts",
                        "has '\(text)', which is not a host such as api.example.com or *.example.com")
                }
                return pattern
            }
        }
        let sources = root.mapping("sources")
        if let sources {
            configuration.sources = readSources(sources, configuration.providers)
            if isWhole { requireClientAuthority(configuration, sources) }
        }
        if let apis = root.mapping("apis") {
            configuration.apis = APISection.read(
                apis, sources: isWhole ? sources?.keys ?? configuration.sources.map(\.name) : nil,
                providers: configuration.providers)
        }
        if let replication = root.mapping("replication") {
            configuration.replication = ReplicationSection.read(replication, tls: configuration.tls)
            if root.mapping("journal") != nil { root.reject("replication", "cannot be combined with 'journal'") }
        }
        if let journal = root.mapping("journal") {
            configuration.journal = JournalSection.read(journal)
        }
    }

    private static func readSources(_ sources: YAMLMapping, _ providers: ProviderCatalog) -> [SourceSettings] {
        var owners: [String: String] = [:]
        var read: [SourceSettings] = []
        for name in sources.keys {
            guard SourceSection.isName(name) else {
                sources.reject(
                    name, "is not a valid source name; use 1 to 40 characters from a-z, 0-9, '-' and '_'")
                continue
            }
            guard sources.node(name)?.null == nil else {
                sources.reject(name, "has no settings; write '\(name): {}' for the defaults")
                continue
            }
            guard let section = sources.mapping(name),
                let source = SourceSection.read(section, name: name, providers: providers)
            else { continue }
            if let owner = owners.updateValue(name, forKey: source.path) {
                sources.reject(name, "has the path \(source.path), which source \(owner) already uses")
            }
            read.append(source)
        }
        return read
    }

    /// Reports an error if a source requires a client certificate but `tls.client-ca` is not set. The listener would
    /// not ask clients for a certificate, so the source would reject every request.
    private static func requireClientAuthority(_ configuration: CallboxConfiguration, _ sources: YAMLMapping) {
        guard configuration.tls?.clientAuthorityFile == nil else { return }
        for source in configuration.sources where !source.senderPolicy.certificates.isEmpty {
            sources.mapping(source.name)?.reject(
                "client-certificates",
                "needs 'tls.client-ca', the file with the CAs that sign client certificates")
        }
    }

    /// Resolves a path in a configuration file. A relative path is relative to the directory of the file.
    static func resolve(_ path: String, besides file: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let folder = (file as NSString).deletingLastPathComponent
        return folder.isEmpty ? path : (folder as NSString).appendingPathComponent(path)
    }
}

/// The YAML of a file. If a top-level section is not valid YAML, its error is reported, and the other sections are
/// still read. One run therefore finds all errors.
struct SectionedYAML {
    private(set) var node: Node?
    /// True if every section is valid YAML.
    private(set) var isWhole = true

    init(_ text: String, file: String, problems: ProblemList) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // The loop ends, because each round empties the lines of one section.
        while true {
            do {
                node = try Yams.compose(yaml: lines.joined(separator: "\n"))
                return
            } catch {
                isWhole = false
                let (line, reason) = Self.explanation(of: error)
                let place = line.map { "\(file), line \($0)" } ?? file
                problems.add(ConfigurationProblem("\(place): not valid YAML: \(reason)", line: line))
                guard let line, Self.clearSection(at: line - 1, in: &lines) else { return }
            }
        }
    }

    /// Empties the section that contains the line. Returns false if the section was already empty.
    private static func clearSection(at line: Int, in lines: inout [String]) -> Bool {
        func begins(_ line: String) -> Bool {
            line.first.map { !$0.isWhitespace && $0 != "#" && $0 != "-" && $0 != "}" && $0 != "]" } ?? false
        }
        let last = min(max(0, line), lines.count - 1)
        guard last >= 0, let first = lines[...last].lastIndex(where: begins) else { return false }
        let end = lines[(first + 1)...].firstIndex(where: begins) ?? lines.count
        for index in first..<end { lines[index] = "" }
        return true
    }

    private static func explanation(of error: any Error) -> (line: Int?, reason: String) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (mark.line, problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            (context.mark.line, "the key \(duplicates.joined(separator: ", ")) occurs twice")
        default: (nil, "it has characters that YAML does not allow")
        }
    }
}
