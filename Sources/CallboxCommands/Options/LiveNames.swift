internal import ArgumentParser
internal import CallboxConfiguration
internal import Foundation
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// Completions with names from the archive; empty if the archive cannot be read.
enum LiveNames {
    static let sources = completion(\.sources)
    static let types = completion(\.types)
    static let topics = completion(\.topics)
    static let fields = completion { names in
        names.fieldNames.filter { !$0.hasPrefix(externalPrefix) }.map { $0 + "=" }
    }
    static let external = completion { names in
        names.fieldNames.filter { $0.hasPrefix(externalPrefix) }.map { $0.dropFirst(externalPrefix.count) + "=" }
    }

    private static let externalPrefix = "externalInfo."

    private static func completion(
        _ choose: @escaping @Sendable (ArchiveVocabulary) -> [String]
    ) -> CompletionKind {
        .custom { words, _, typed in
            guard let names = vocabulary(words, ProcessInfo.processInfo.environment) else { return [] }
            return offered(choose(names), for: typed)
        }
    }

    /// The names that start with `typed` and need no quoting in a shell.
    static func offered(_ names: [String], for typed: String) -> [String] {
        names.filter { name in
            name.hasPrefix(typed) && ShellText.quote(name) == name && !name.contains(":")
        }
    }

    private static func vocabulary(_ words: [String], _ environment: [String: String]) -> ArchiveVocabulary? {
        var options = ConfigurationOptions()
        options.archive = value(of: ["-a", "--archive"], in: words)
        options.config = value(of: ["-c", "--config"], in: words)
        guard let configuration = try? options.load(environment: environment),
            let reader = try? ArchiveReader(ArchiveDirectory(path: configuration.archivePath))
        else { return nil }
        return try? reader.vocabulary()
    }

    /// The value of a flag in the words that the user has typed. `names` contains the spellings of the flag.
    static func value(of names: [String], in words: [String]) -> String? {
        for (place, word) in words.enumerated() {
            if names.contains(word), place + 1 < words.count { return words[place + 1] }
            for name in names where word.hasPrefix(name + "=") { return String(word.dropFirst(name.count + 1)) }
        }
        return nil
    }
}
