internal import Foundation
internal import Journal
internal import ReportIndex
internal import SharedJournal

/// Reads `journal`: the shared journal in PostgreSQL that replaces the archive's own journal.
enum JournalSection {
    private static let keys = ["url", "node", "level", "lanes", "lease", "password", "ca"]

    static func read(_ section: YAMLMapping) -> SharedJournalSettings? {
        section.rejectUnknownKeys(keys)
        var problem = "is required"
        guard let url = section.text("url"), var address = PostgresAddress(url, problem: &problem) else {
            section.reject("url", problem)
            return nil
        }
        if let password = section.mapping("password") {
            password.rejectUnknownKeys(["env", "file"])
            switch password.place() {
            case .environment(let name)?: address.password = .environment(name)
            case .file(let path)?: address.password = .file(path)
            case nil: break
            }
        }
        address.authorityFile = section.text("ca").map { ConfigurationFile.resolve($0, besides: section.file) }
        var settings = SharedJournalSettings(address: address, node: CallboxConfiguration.defaultNode)
        if let node = section.value("node", "1 to 40 characters from a-z, 0-9, '-' and '_'", Self.name) {
            settings.node = node
        }
        settings.level =
            section.choice("level", ["disk": .disk, "replica": .replica, "quorum": .quorum]) ?? settings.level
        settings.laneCount = section.count("lanes", in: SharedJournalSettings.laneCounts) ?? settings.laneCount
        settings.lease =
            section.duration("lease", "a duration from 1s to 10m", in: .seconds(1) ... .seconds(600)) ?? settings.lease
        return settings
    }

    private static func name(_ text: String) -> String? {
        SourceSection.isName(text) ? text : nil
    }
}

extension CallboxConfiguration {
    /// True for 1 to 40 characters from a to z, 0 to 9, `-` and `_`.
    package static func isNodeName(_ text: String) -> Bool {
        SourceSection.isName(text)
    }

    /// The host name in lower case. Characters that a node name cannot have are replaced by `-`.
    package static var defaultNode: String {
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-_".unicodeScalars)
        let host = ProcessInfo.processInfo.hostName.lowercased().unicodeScalars.map { scalar in
            allowed.contains(scalar) ? String(scalar) : "-"
        }
        return String(host.joined().prefix(40))
    }
}
