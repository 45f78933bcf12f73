/** Talk to the server; every failure becomes an Error with words for the user. */
import { t } from "./i18n.js";
import { noticePlan } from "./plan-changed.js";

/** @returns {string} */
function token() {
	const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=csrf-token]"));
	return meta ? meta.content : "";
}

/** What the server answered instead of what was asked for; `problem` is its own document. */
export class AnswerError extends Error {
	/**
	 * @param {string} message
	 * @param {number} status
	 * @param {any} [problem]
	 */
	constructor(message, status, problem = {}) {
		super(message);
		this.status = status;
		this.problem = problem;
	}
}

/**
 * @param {number} status
 * @param {string} body
 * @returns {Error}
 */
function failure(status, body) {
	try {
		const problem = JSON.parse(body);
		if (problem.detail || problem.title) return new AnswerError(problem.detail || problem.title, status, problem);
	} catch {
		/* not a problem document: say the plain sentence below */
	}
	if (status === 413) return new AnswerError(t("This file is too large."), status);
	return new AnswerError(t("The server answered with an error ({status}).", { status }), status);
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
export async function getJSON(url, options = {}) {
	/** @type {Response} */
	let response;
	try {
		response = await fetch(url, { headers: { Accept: "application/json" }, ...options });
	} catch (error) {
		if (error instanceof DOMException && error.name === "AbortError") throw error;
		throw new Error(t("The server cannot be reached. Check the network and try again."));
	}
	noticePlan(response.headers.get("X-Geogrid-Plan"));
	if (!response.ok) throw failure(response.status, await response.text());
	return response.status === 204 ? null : response.json();
}

/**
 * Send a form with files; says how much has gone.
 * @param {string} url
 * @param {FormData} data
 * @param {(share: number) => void} [progress] share sent, 0 to 1
 * @returns {Promise<any>}
 */
export function postForm(url, data, progress) {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open("POST", url);
		request.setRequestHeader("X-CSRFToken", token());
		request.setRequestHeader("Accept", "application/json");
		request.upload.onprogress = (event) => {
			if (progress && event.lengthComputable) progress(event.loaded / event.total);
		};
		request.onload = () => {
			if (request.status < 400) resolve(JSON.parse(request.responseText));
			else reject(failure(request.status, request.responseText));
		};
		request.onerror = () =>
			reject(new Error(t("The server cannot be reached. Check the network and try again.")));
		request.send(data);
	});
}

/**
 * Send an object; the answer may be empty.
 * @param {string} method
 * @param {string} url
 * @param {object} body
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
export function sendJSON(method, url, body, headers = {}) {
	return getJSON(url, {
		method,
		body: JSON.stringify(body),
		headers: { Accept: "application/json", "Content-Type": "application/json", ...headers },
	});
}

/**
 * Run the newest call only: earlier ones are aborted.
 * @returns {(url: string) => Promise<any>} rejects with an AbortError when overtaken
 */
export function latestOnly() {
	/** @type {AbortController | undefined} */
	let running;
	return (url) => {
		if (running) running.abort();
		running = new AbortController();
		return getJSON(url, { signal: running.signal });
	};
}

/**
 * @param {unknown} error
 * @returns {boolean}
 */
export function isAbort(error) {
	return error instanceof DOMException && error.name === "AbortError";
}
