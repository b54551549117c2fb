internal import Foundation
internal import Journal
internal import ReportIndex

/// Findings about the modes of the archive's files and their file system.
enum FileFindings {
    private static let topic = "files"

    static func findings(_ directory: ArchiveDirectory) -> [Finding] {
        let folder = FileFacts.resolved(URL(filePath: directory.path))
        var findings = modes(
            folder: (folder, FileFacts(folder)),
            files: directory.files.map { ($0, FileFacts($0)) },
            userID: Int(geteuid()))
        findings.append(fileSystem(MountTable.current.type(of: folder), folder: folder))
        return findings
    }

    /// - Parameter files: the facts about each file; nil for files that do not exist.
    static func modes(
        folder: (path: String, facts: FileFacts?), files: [(path: String, facts: FileFacts?)], userID: Int
    ) -> [Finding] {
        var findings: [Finding] = []
        for (path, facts) in files {
            guard let facts else { continue }
            if facts.mode & 0o077 != 0 {
                findings.append(
                    .warning(
                        topic, "\(path) has mode \(FileFacts.text(facts.mode)): others can read it",
                        advice: "chmod 600 \(path)"))
            }
            if facts.ownerID != userID, userID != 0 {
                findings.append(
                    .problem(
                        topic, "\(path) belongs to user \(facts.ownerID), and you are user \(userID)",
                        advice: "Run callbox as the owner of the file."))
            }
        }
        if let mode = folder.facts?.mode, mode & 0o077 != 0 {
            let isWritable = mode & 0o022 != 0
            let words = isWritable ? "others can create files in it" : "others can list it"
            let text = "the directory \(folder.path) has mode \(FileFacts.text(mode)): \(words)"
            let advice = "chmod 700 \(folder.path)"
            findings.append(isWritable ? .problem(topic, text, advice: advice) : .warning(topic, text, advice: advice))
        }
        guard findings.isEmpty else { return findings }
        return [.fine(topic, "only the owner can read the archive's files")]
    }

    static func fileSystem(_ type: String?, folder: String) -> Finding {
        let topic = "file system"
        switch type {
        case nil: return .warning(topic, "the file system of \(folder) is unknown", advice: nil)
        case let type? where MountTable.isNetwork(type):
            return .problem(
                topic, "\(folder) is on a network file system (\(type)), to which Callbox does not write",
                advice: "Move the archive to a local disk; copy it elsewhere with 'callbox archive backup'.")
        case "tmpfs"?, "ramfs"?:
            return .warning(
                topic, "\(folder) is in memory (\(type ?? "")) and is lost at a restart",
                advice: "Put the archive on a disk.")
        case "overlay"?, "aufs"?:
            return .warning(
                topic, "\(folder) is in a container's layer (\(type ?? "")) and is lost with the container",
                advice: "Mount a volume there.")
        case let type? where type.hasPrefix("fuse") || type == "9p" || type == "virtiofs" || type == "vboxsf":
            return .warning(
                topic, "\(folder) is on \(type), which may not sync or lock reliably",
                advice: "Put the archive on a local disk.")
        case let type?: return .fine(topic, "\(folder) is on \(type)")
        }
    }
}
