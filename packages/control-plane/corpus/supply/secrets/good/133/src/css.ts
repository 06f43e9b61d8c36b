const spinner = "sk-folding-cube-animation-long-name";
const cls = "task-list-item-checkbox-token";
