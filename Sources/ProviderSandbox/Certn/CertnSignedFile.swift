/// Links to a PDF that open without a login for a while, as storage services sign them.
enum CertnSignedFile {
    /// How long a link is good for.
    static let lifetimeSeconds: Int64 = 300

    private static let key = Array("sandbox-file-key".utf8)

    /// `<base>/<folder>/<name>.pdf?signature=…&expires=…`
    static func url(folder: String, name: String, _ world: World) -> String {
        let expires = world.secondsSinceEpoch + lifetimeSeconds
        let signature = signature(folder: folder, name: name, expires: String(expires))
        return "\(world.baseURL)/\(folder)/\(name).pdf?signature=\(signature)&expires=\(expires)"
    }

    /// The name of the file that a call may have; nil where the signature is not this link's, or too old.
    static func name(in request: APIRequest, folder: String, _ world: World) -> String? {
        guard request.path.count == 2, request.path[0] == folder, request.path[1].hasSuffix(".pdf"),
            let expires = request.queryValue("expires"), let seconds = Int64(expires),
            seconds >= world.secondsSinceEpoch
        else { return nil }
        let name = String(request.path[1].dropLast(4))
        let right = signature(folder: folder, name: name, expires: expires)
        return request.queryValue("signature") == right ? name : nil
    }

    private static func signature(folder: String, name: String, expires: String) -> String {
        HMACText.sign(Array("\(folder)/\(name)\n\(expires)".utf8), key: key, as: .hex)
    }
}
