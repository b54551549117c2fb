internal import Foundation
internal import Journal
internal import ReportIndex

/// Whether the archive's files are its owner's alone and lie where SQLite's log works.
enum FileFindings {
    private static let topic = "files"
    private static let networkTypes = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "fuse.sshfs",
    ]

    static func findings(_ directory: ArchiveDirectory) -> [Finding] {
        let folder = FileFacts.resolved(URL(filePath: directory.path))
        var findings = modes(
            folder: (folder, FileFacts(folder)),
            files: directory.files.map { ($0, FileFacts($0)) },
            userID: Int(geteuid()))
        findings.append(fileSystem(MountTable.current.type(of: folder), folder: folder))
        return findings
    }

    /// - Parameter files: the archive first; facts are nil for what is not there.
    static func modes(
        folder: (path: String, facts: FileFacts?), files: [(path: String, facts: FileFacts?)], userID: Int
    ) -> [Finding] {
        var findings: [Finding] = []
        for (path, facts) in files {
            guard let facts else { continue }
            if facts.mode & 0o077 != 0 {
                findings.append(
                    .warning(
                        topic, "\(path) has mode \(FileFacts.text(facts.mode)): not its owner's alone",
                        advice: "chmod 600 \(path)"))
            }
            if facts.ownerID != userID, userID != 0 {
                findings.append(
                    .problem(
                        topic, "\(path) belongs to user \(facts.ownerID), and you are \(userID)",
                        advice: "Run callbox as its owner, or give it to the user who runs the server."))
            }
        }
        if let mode = folder.facts?.mode, mode & 0o077 != 0 {
            let isWritable = mode & 0o022 != 0
            let words = isWritable ? "others can put files there" : "others can see what is there"
            let text = "the folder \(folder.path) has mode \(FileFacts.text(mode)): \(words)"
            let advice = "chmod 700 \(folder.path)"
            findings.append(isWritable ? .problem(topic, text, advice: advice) : .warning(topic, text, advice: advice))
        }
        guard findings.isEmpty else { return findings }
        return [.fine(topic, "archive, log and folder are their owner's alone")]
    }

    static func fileSystem(_ type: String?, folder: String) -> Finding {
        let topic = "file system"
        switch type {
        case nil: return .warning(topic, "nobody says what file system \(folder) is on", advice: nil)
        case let type? where networkTypes.contains(type):
            return .problem(
                topic, "\(folder) is on \(type), a network: SQLite's log does not work there",
                advice: "Put the archive on a local disk, and copies of it elsewhere with 'callbox archive backup'.")
        case "tmpfs"?, "ramfs"?:
            return .warning(
                topic, "\(folder) is in memory (\(type ?? "")): it is gone after a restart",
                advice: "Put the archive on a disk.")
        case "overlay"?, "aufs"?:
            return .warning(
                topic, "\(folder) is in a container's own layer (\(type ?? "")): it goes when the container does",
                advice: "Mount a volume there.")
        case let type? where type.hasPrefix("fuse") || type == "9p" || type == "virtiofs" || type == "vboxsf":
            return .warning(
                topic, "\(folder) is on \(type), whose syncs and locks may not be what they say",
                advice: "Put the archive on a local disk.")
        case let type?: return .fine(topic, "\(folder) is on \(type)")
        }
    }
}
