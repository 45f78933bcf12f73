export default [
	{
		files: ["js/**/*.js"],
		rules: {
			eqeqeq: "error",
			"no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
			"no-var": "error",
			"prefer-const": "error",
			"no-eval": "error",
			"no-implied-eval": "error",
			"no-new-func": "error",
			"no-restricted-properties": [
				"error",
				{ property: "innerHTML", message: "Text from data must stay text: use el() and fill()." },
				{ property: "outerHTML", message: "Text from data must stay text: use el() and fill()." },
				{ property: "insertAdjacentHTML", message: "Text from data must stay text." },
			],
			complexity: ["error", 12],
			"max-lines": ["error", 400],
		},
	},
];
