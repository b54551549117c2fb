internal import Deliveries
internal import Foundation
internal import HTTPListener
internal import Journal
package import Providers
internal import ReportIndex
internal import Yams

/// Reads `callbox.yaml`. Strict: what is not understood is an error that names the line.
package enum ConfigurationFile {
    private static let keys = [
        "listen", "archive", "log-level", "limits", "quarantine", "index", "dictionaries", "sources", "apis",
    ]
    private static let limitKeys = [
        "request-deadline", "idle-timeout", "header-bytes", "header-line-bytes", "header-lines", "target-bytes",
        "connections", "buffered-bodies", "shutdown-grace",
    ]
    package static let logLevels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    package static func read(
        _ path: String, providers: ProviderCatalog = .standard
    ) throws(ConfigurationError) -> CallboxConfiguration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(
                "the configuration \(path) cannot be read", advice: "Name the file with --config.",
                isUnreadableFile: true)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError("\(path) is not UTF-8 text")
        }
        return try parse(text, file: path, providers: providers)
    }

    package static func parse(
        _ text: String, file: String, providers: ProviderCatalog = .standard
    ) throws(ConfigurationError) -> CallboxConfiguration {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ConfigurationError("\(file) is not valid YAML: \(explanation(of: error))")
        } catch {
            throw ConfigurationError("\(file) is not valid YAML")
        }
        var configuration = CallboxConfiguration(providers: providers)
        configuration.file = file
        // A file of comments alone says nothing, and the defaults hold.
        guard let node, node.null == nil else { return configuration }
        let root = try YAMLMapping(node, path: "", file: file)
        try root.rejectUnknownKeys(keys)
        if let listen = try root.value("listen", "an address such as 127.0.0.1:8787", ListenSetting.init) {
            configuration.listen = listen
        }
        if let archive = try root.text("archive") { configuration.archivePath = resolve(archive, besides: file) }
        if let level = try root.value(
            "log-level", "one of \(logLevels.joined(separator: ", "))", { logLevels.contains($0) ? $0 : nil })
        {
            configuration.logLevel = level
        }
        if let limits = try root.mapping("limits") { try readLimits(limits, into: &configuration) }
        if let quarantine = try root.mapping("quarantine") { try readQuarantine(quarantine, into: &configuration) }
        if let index = try root.mapping("index") { try readIndex(index, into: &configuration) }
        if let trains = try root.value("dictionaries", "'auto' or 'off'", { ["auto": true, "off": false][$0] }) {
            configuration.trainsDictionaries = trains
        }
        if let sources = try root.mapping("sources") {
            configuration.sources = []
            for name in sources.keys {
                guard SourceSection.isName(name) else {
                    throw sources.invalid(name, "is no name for a source; use a to z, 0 to 9, '-' and '_', up to 40")
                }
                guard let settings = try sources.mapping(name) else { throw sources.invalid(name, "has no settings") }
                configuration.sources.append(
                    try SourceSection.read(settings, name: name, file: file, providers: providers))
            }
            try rejectSharedPaths(configuration.sources, sources)
        }
        if let apis = try root.mapping("apis") {
            configuration.apis = try APISection.read(
                apis, sources: configuration.sources.map(\.name), file: file, providers: providers)
        }
        return configuration
    }

    private static func readLimits(
        _ limits: YAMLMapping, into configuration: inout CallboxConfiguration
    ) throws(ConfigurationError) {
        try limits.rejectUnknownKeys(limitKeys)
        func duration(_ key: String) throws(ConfigurationError) -> Duration? {
            try limits.value(key, "a duration such as 30s") { Quantity.duration($0).flatMap { $0 > .zero ? $0 : nil } }
        }
        func byteCount(_ key: String) throws(ConfigurationError) -> Int? {
            try limits.value(key, "a size such as 64KiB") { Quantity.byteCount($0).flatMap { $0 > 0 ? $0 : nil } }
        }
        func count(_ key: String) throws(ConfigurationError) -> Int? {
            try limits.value(key, "a whole number from 1 to 1000000") { text in
                DecimalText.nonNegative(text.utf8).flatMap { (1...1_000_000).contains($0) ? Int($0) : nil }
            }
        }
        var server = configuration.limits
        server.requestDeadline = try duration("request-deadline") ?? server.requestDeadline
        server.idleTimeout = try duration("idle-timeout") ?? server.idleTimeout
        server.headerByteCount = try byteCount("header-bytes") ?? server.headerByteCount
        server.headerFieldByteCount = try byteCount("header-line-bytes") ?? server.headerFieldByteCount
        server.headerFieldCount = try count("header-lines") ?? server.headerFieldCount
        server.targetByteCount = try byteCount("target-bytes") ?? server.targetByteCount
        server.connectionCount = try count("connections") ?? server.connectionCount
        server.bufferedBodyByteCount = try byteCount("buffered-bodies") ?? server.bufferedBodyByteCount
        configuration.limits = server
        configuration.shutdownGrace = try duration("shutdown-grace") ?? configuration.shutdownGrace
    }

    private static func readQuarantine(
        _ section: YAMLMapping, into configuration: inout CallboxConfiguration
    ) throws(ConfigurationError) {
        try section.rejectUnknownKeys(["count", "bytes", "age"])
        var limits = configuration.quarantine
        limits.count =
            try section.value("count", "a whole number from 0 to 1000000") { text in
                DecimalText.nonNegative(text.utf8).flatMap { $0 <= 1_000_000 ? Int($0) : nil }
            } ?? limits.count
        limits.byteCount =
            try section.value("bytes", "a size such as 256MiB", Quantity.byteCount) ?? limits.byteCount
        limits.age = try section.value("age", "a duration such as 30d", Quantity.duration) ?? limits.age
        configuration.quarantine = limits
    }

    private static func readIndex(
        _ section: YAMLMapping, into configuration: inout CallboxConfiguration
    ) throws(ConfigurationError) {
        try section.rejectUnknownKeys(["lag-count", "lag-age"])
        var lag = configuration.indexLag
        lag.count =
            try section.value("lag-count", "a whole number from 0 to 100000000") { text in
                DecimalText.nonNegative(text.utf8).flatMap { $0 <= 100_000_000 ? Int($0) : nil }
            } ?? lag.count
        lag.age = try section.value("lag-age", "a duration such as 20s", Quantity.duration) ?? lag.age
        configuration.indexLag = lag
    }

    private static func rejectSharedPaths(_ sources: [SourceSettings], _ section: YAMLMapping)
        throws(ConfigurationError)
    {
        var owners: [String: String] = [:]
        for source in sources {
            if let owner = owners.updateValue(source.name, forKey: source.path) {
                throw section.invalid(source.name, "has the path \(source.path), which \(owner) has already")
            }
        }
    }

    /// Paths in a file are meant from where the file is.
    static func resolve(_ path: String, besides file: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let folder = (file as NSString).deletingLastPathComponent
        return folder.isEmpty ? path : (folder as NSString).appendingPathComponent(path)
    }

    private static func explanation(of error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            "line \(context.mark.line): a key stands twice: \(duplicates.joined(separator: ", "))"
        default: "it cannot be read"
        }
    }
}
